// Turns what initdb and postgres print into Faults a person can act on: what is wrong, where, how to
// mend it. Our locale for them is C, so the English patterns below are stable. Anything that is not
// recognised becomes `postgres-not-started` with the last lines, never a guess.

import { Fault } from "../../../foundation/fault.ts";
import { postgresMajor } from "./layout.ts";

/** Libraries the packaged binaries take from the system, and the Debian/Ubuntu package of each. */
const systemLibraries: Readonly<Record<string, string>> = {
  "libstdc++.so.6": "libstdc++6",
  "libgcc_s.so.1": "libgcc-s1",
  "libc.so.6": "libc6",
  "libm.so.6": "libc6",
  "libpthread.so.0": "libc6",
  "librt.so.1": "libc6",
  "libdl.so.2": "libc6",
  "ld-linux (the GNU C library's loader)": "libc6",
};

export type Saying = { text: string; dataDir: string; cluster: string; account: string };

/** Recognises a known trouble in the output of initdb or postgres. */
export function recognise(saying: Saying): Fault | undefined {
  const { text, dataDir, cluster, account } = saying;
  const library = /loading shared libraries: ([^\s:]+)/.exec(text)?.[1];
  if (library !== undefined) return libraryMissing(library);
  // The program exists (binaries.ts looked) and yet "is not found": its loader is not there.
  if (/spawn \S*ENOENT|ENOENT.*(spawn|posix_spawn)|\bpostgres: not found/.test(text)) {
    return libraryMissing("ld-linux (the GNU C library's loader)");
  }
  const nameless = /could not look up effective user ID (\d+)/.exec(text)?.[1];
  if (nameless !== undefined) return namelessUser(nameless);
  if (/No space left on device|Disk quota exceeded/.test(text)) {
    return new Fault(
      "postgres-disk-full",
      `the disk that holds ${dataDir} is full.\n  mend: free some space there and start again; no data is lost.`,
      { detail: { dataDir } },
    );
  }
  if (/data directory .* has (wrong ownership|invalid permissions)/.test(text)) {
    return new Fault(
      "postgres-permission",
      [
        `${cluster} must belong to ${account} and to nobody else.`,
        `  mend: chown -R ${account} ${cluster} && chmod 700 ${cluster}`,
      ].join("\n"),
      { detail: { dataDir } },
    );
  }
  const damage =
    /.*(could not open file "\S*global\/pg_control"|incorrect checksum in control file|incompatible with server|invalid (primary )?checkpoint record|could not locate a valid checkpoint record|could not locate required checkpoint record|invalid data in file "PG_VERSION"|is not a valid data directory|control file contains invalid|could not read file "\S*global\/pg_control"|could not open (file|directory) "pg_\S+": No such file).*/.exec(
      text,
    );
  if (damage !== null) return damaged(dataDir, cluster, damage[0].trim());
  if (/Permission denied|Read-only file system|Operation not permitted/.test(text)) {
    return new Fault(
      "postgres-permission",
      [
        `${account} may not read or write something PostgreSQL needs: ${lastLines(text, 2)}`,
        `  mend: give ${account} the folder ${dataDir} on a writable disk.`,
      ].join("\n"),
      { detail: { dataDir } },
    );
  }
  return undefined;
}

export function libraryMissing(library: string): Fault {
  const known = systemLibraries[library];
  const mend =
    known === undefined
      ? "it comes with the npm package: run `npm ci` again (or find its package with `apt-file search`)."
      : `on Debian or Ubuntu: apt-get install ${known}`;
  return new Fault(
    "postgres-library-missing",
    [
      `PostgreSQL cannot start: the shared library ${library} is missing on this machine.`,
      `  mend: ${mend}`,
      "        Or use a PostgreSQL server of your own.",
    ].join("\n"),
    { detail: { library, debianPackage: known } },
  );
}

function namelessUser(uid: string): Fault {
  return new Fault(
    "postgres-no-account",
    [
      `PostgreSQL refuses to run as user ${uid}, because that user has no name on this machine.`,
      `  mend: add one (useradd --system --uid ${uid} usher), or in a container run as a named user.`,
    ].join("\n"),
  );
}

export function damaged(dataDir: string, cluster: string, what: string): Fault {
  return new Fault(
    "postgres-data-damaged",
    [
      `the database in ${cluster} cannot be started: ${what}.`,
      "  Nothing was changed or deleted.",
      `  mend: put the folder ${dataDir} back from a backup; or, if its contents are not needed,`,
      "        move it away and start again: a new, empty one is made.",
    ].join("\n"),
    { detail: { dataDir, what } },
  );
}

export function otherVersion(dataDir: string, cluster: string, found: string): Fault {
  return damaged(
    dataDir,
    cluster,
    `it was made by PostgreSQL ${found}, and this is PostgreSQL ${postgresMajor}`,
  );
}

export function notStarted(saying: Saying): Fault {
  return (
    recognise(saying) ??
    new Fault(
      "postgres-not-started",
      [
        `PostgreSQL did not start on ${saying.cluster}.`,
        `  it said: ${lastLines(saying.text, 6)}`,
        "  mend: the lines above name the cause; nothing in the folder was deleted.",
      ].join("\n"),
      { detail: { dataDir: saying.dataDir } },
    )
  );
}

function lastLines(text: string, count: number): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.slice(-count).join("\n           ").slice(0, 2000) || "(nothing)";
}
