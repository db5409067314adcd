// One role as a process of its own under a supervisor: started as a person would start it, its log in a
// file, started again when it dies, ended by its own id, and gone with the supervisor however that ends
// (its standard input is our end of a pipe).
// Read next: roles/run-role.ts (what runs there), cluster.ts (who starts which).

import { createWriteStream, type WriteStream } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../foundation/fault.ts";
import type { RoleName } from "../roles/role.ts";

export type RoleProcess = {
  role: RoleName;
  /** For people: "gateway 2". */
  name: string;
  /** The port of the one that runs now. */
  port(): number;
  pid(): number;
  /** Resolves when one runs that was started after now. */
  again(): Promise<void>;
  stop(): Promise<void>;
};

export type RoleProcessOptions = {
  role: RoleName;
  name: string;
  args: readonly string[];
  environment: Readonly<Record<string, string>>;
  logFile: string;
  /** A death and a return, in words. */
  say: (line: string) => void;
};

type Running = { child: Child; port: number; startedAt: number };
type Child = Bun.Subprocess<"pipe", "pipe", "pipe">;

const main = join(import.meta.dir, "../main.ts");
const readyMs = 30_000;
const restartMs = 250;
const slowestRestartMs = 10_000;
/** Whoever dies younger than this is not helped by being started again at once. */
const youngMs = 10_000;
const politeStopMs = 20_000;

export async function startRoleProcess(options: RoleProcessOptions): Promise<RoleProcess> {
  const { role, name, say } = options;
  const log = createWriteStream(options.logFile, { flags: "a" });
  let stopping = false;
  let running = await launch(options, log);
  let waiters: (() => void)[] = [];
  let restInMs = restartMs;

  const comeBack = async () => {
    for (;;) {
      await Bun.sleep(restInMs);
      if (stopping) return;
      try {
        running = await launch(options, log);
        if (stopping) running.child.kill("SIGTERM");
        else say(`${name} is back`);
        for (const told of waiters.splice(0)) told();
        return;
      } catch (error) {
        restInMs = Math.min(slowestRestartMs, restInMs * 2);
        say(`${name} did not come back: ${error instanceof Error ? error.message : error}`);
      }
    }
  };
  const watch = async () => {
    while (!stopping) {
      const { child, startedAt } = running;
      await child.exited;
      if (stopping) return;
      restInMs = performance.now() - startedAt > youngMs ? restartMs : restInMs * 2;
      restInMs = Math.min(slowestRestartMs, restInMs);
      say(`${name} ended (${child.signalCode ?? `exit ${child.exitCode}`}); starting it again`);
      await comeBack();
    }
    await running.child.exited;
  };
  const watching = watch();

  return {
    role,
    name,
    port: () => running.port,
    pid: () => running.child.pid,
    again: () => new Promise((resolve) => waiters.push(resolve)),
    async stop() {
      stopping = true;
      running.child.kill("SIGTERM");
      const firm = setTimeout(() => running.child.kill("SIGKILL"), politeStopMs);
      await watching;
      await running.child.exited;
      clearTimeout(firm);
      waiters = [];
      log.end();
    },
  };
}

async function launch(options: RoleProcessOptions, log: WriteStream): Promise<Running> {
  const { role, name, args, environment } = options;
  const startedAt = performance.now();
  const child: Child = Bun.spawn(
    [process.execPath, "--no-install", "run", main, role, ...args, "--until-stdin-ends"],
    {
      env: { ...process.env, ...environment },
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
      // Ctrl-C goes to the whole group of a terminal; we end our roles ourselves, one after the other.
      detached: true,
    },
  );
  const timer = setTimeout(() => child.kill("SIGKILL"), readyMs);
  let last = "";
  const keep = (line: string) => {
    last = line;
    log.write(`${line}\n`);
  };
  void eachLine(child.stderr, keep);
  const port = await new Promise<number | undefined>((resolve) => {
    void eachLine(child.stdout, (line) => {
      keep(line);
      const at = readyPort(line);
      if (at !== undefined) resolve(at);
    });
    void child.exited.then(() => resolve(undefined));
  });
  clearTimeout(timer);
  if (port !== undefined) return { child, port, startedAt };
  throw new Fault("role-not-started", `${name} did not start: ${last || "it said nothing"}`);
}

/** From the line of the log that says "ready". */
function readyPort(line: string): number | undefined {
  if (!line.includes('"msg":"ready"')) return undefined;
  const { port } = JSON.parse(line) as { port?: number };
  return port;
}

async function eachLine(
  stream: ReadableStream<Uint8Array>,
  take: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  }
  if (rest !== "") take(rest);
}
