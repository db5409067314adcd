// Runs one PostgreSQL program as its account. Two things make this more than a spawn:
//
// The way in. As root on Linux the program gets its folder as open descriptor 3 and is told the path
// /proc/self/fd/3: the kernel then goes straight to the folder, so it works even where the account
// may not walk there (a data folder under root's 0700 home), and nobody's permissions are loosened.
//
// The watchdog. The server lives in its own session (a Ctrl-C in the terminal must not stop it
// before we have), under a small shell whose standard input is a pipe from us. When we die, even by
// kill -9, the kernel closes the pipe and the shell stops the server the fast, clean way.

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Account } from "./account.ts";

/** Nothing of our own environment: a stray PGDATA or PGPORT must not lead it elsewhere. */
const environment = { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C" };
const usesDescriptor = process.platform === "linux";

export type Program = {
  account: Account;
  path: string;
  /** The folder it works in. */
  folder: string;
  /** Its arguments, given the name under which it sees the folder. */
  args(folder: string): string[];
};

// "$@" is the server. Its descriptor 9 is closed, so that only the watcher reads our pipe.
const watchdog = `
exec 9<&0
"$@" </dev/null 9<&- &
server=$!
(
  while read -r line; do :; done
  kill -INT "$server"
  seconds=0
  while kill -0 "$server" && [ "$seconds" -lt 30 ]; do sleep 1; seconds=$((seconds + 1)); done
  kill -QUIT "$server"
) <&9 >/dev/null 2>&1 3<&- &
watcher=$!
exec 9<&-
trap 'kill -INT "$server" 2>/dev/null' INT TERM HUP
wait "$server"
code=$?
while kill -0 "$server" 2>/dev/null; do wait "$server"; code=$?; done
kill "$watcher" 2>/dev/null
exit "$code"
`;

/** Starts the server under the watchdog. It stops when we end its stdin, or when we die. */
export function startWatched(program: Program): ChildProcess {
  return launch(program, (args) => ["/bin/sh", ["-c", watchdog, "usher-postgres", ...args]]);
}

export type Finished = { code: number; output: string };

/** Runs a program to its end (initdb, single-user postgres) and returns what it printed. */
export async function runToEnd(
  program: Program,
  options: { input?: string; timeoutMs: number },
): Promise<Finished> {
  const child = launch(program, ([path = "", ...rest]) => [path, rest]);
  let output = "";
  const collect = (chunk: Buffer) => {
    output = (output + chunk.toString("utf8")).slice(-64_000);
  };
  child.stdout?.on("data", collect);
  child.stderr?.on("data", collect);
  child.stdin?.on("error", () => {});
  child.stdin?.end(options.input ?? "");
  const timer = setTimeout(() => child.kill("SIGKILL"), options.timeoutMs);
  return await new Promise<Finished>((resolve) => {
    // Not even loaded, for example because the machine has another C library: faults.ts knows.
    child.once("error", (error) => resolve({ code: 127, output: `${output}${error.message}` }));
    child.once("close", (code) => resolve({ code: code ?? 137, output }));
  }).finally(() => clearTimeout(timer));
}

function launch(program: Program, wrap: (command: string[]) => [string, string[]]): ChildProcess {
  const { account, folder } = program;
  const descriptor =
    account.ids !== undefined && usesDescriptor ? openSync(folder, "r") : undefined;
  try {
    const seen = descriptor === undefined ? folder : "/proc/self/fd/3";
    const [path, args] = wrap([program.path, ...program.args(seen)]);
    return spawn(path, args, {
      ...account.ids,
      cwd: "/",
      env: environment,
      detached: true,
      stdio: ["pipe", "pipe", "pipe", descriptor ?? "ignore"],
    });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
