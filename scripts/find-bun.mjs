// Finds the Bun that `npm ci` installed. npm may have blocked install scripts (the default since
// npm 12); then node_modules/.bin/bun is a placeholder that fails, while the real binary lies
// untouched in @oven/bun-<platform>. So every candidate is asked for its version, and only one that
// answers is used. Plain Node: this runs before there is a Bun.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/** Paths worth trying, best first, for one machine. Pure, so that a test can ask for any machine. */
export function bunCandidates(root, { platform, arch }) {
  const cpu = arch === "arm64" ? "aarch64" : arch;
  const builds = ["", "-baseline", "-musl", "-musl-baseline"].map(
    (suffix) => `bun-${platform}-${cpu}${suffix}`,
  );
  return [
    ...builds.map((build) => join(root, "node_modules", "@oven", build, "bin", "bun")),
    join(root, "node_modules", "bun", "bin", "bun.exe"),
    join(root, "node_modules", ".bin", "bun"),
  ];
}

function answers(path) {
  const asked = spawnSync(path, ["--version"], { encoding: "utf8", timeout: 20_000 });
  return asked.status === 0 && /^\d+\.\d+\.\d+/.test(asked.stdout);
}

/** The first candidate that runs, else undefined. */
export function findBun(root = projectRoot, machine = process) {
  return bunCandidates(root, machine).find((path) => existsSync(path) && answers(path));
}

/** What to tell a person when findBun found nothing. */
export function bunMissingMessage(root = projectRoot, machine = process) {
  return [
    `usher: the Bun runtime was not found, or does not run on this machine (${machine.platform} ${machine.arch}).`,
    `  where: looked in ${join(root, "node_modules", "@oven")} and ${join(root, "node_modules", ".bin", "bun")}`,
    "  mend:  run `npm ci` in the project folder (without --omit=optional: Bun is an optional package",
    "         per platform). If node_modules was copied from another machine, delete it first.",
  ].join("\n");
}
