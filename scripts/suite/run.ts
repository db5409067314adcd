// Runs one program of the suite to its end: output is collected (and shown only when it failed),
// time is measured, and a program that hangs is ended with all its children.

import { spawn } from "node:child_process";
import { dirname, join } from "node:path";

export const root = dirname(dirname(import.meta.dir));
export const tool = (name: string): string => join(root, "node_modules", ".bin", name);

export type Ran = { code: number; output: string; seconds: number };

export type Watch = {
  timeoutMs: number;
  /** Called with each whole line as it comes. */
  onLine?(line: string): void;
};

const keptOutput = 2_000_000;

export async function run(command: readonly string[], watch: Watch): Promise<Ran> {
  const [program = "", ...args] = command;
  const startedAt = performance.now();
  const child = spawn(program, args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that a hanging program is ended together with what it started.
    detached: true,
    env: { ...process.env, FORCE_COLOR: "0", NO_COLOR: "1" },
  });
  let output = "";
  let partial = "";
  const collect = (chunk: Buffer) => {
    const text = chunk.toString("utf8");
    output = (output + text).slice(-keptOutput);
    const lines = (partial + text).split("\n");
    partial = lines.pop() ?? "";
    for (const line of lines) watch.onLine?.(line);
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const end = () => endGroup(child.pid);
  const timer = setTimeout(() => {
    output += `\n${program} took longer than ${watch.timeoutMs / 1000} s and was ended\n`;
    end();
  }, watch.timeoutMs);
  process.once("SIGINT", end).once("SIGTERM", end);
  const code = await new Promise<number>((resolve) => {
    child.once("error", (error) => {
      output += `\ncould not start ${program}: ${error.message}\n`;
      resolve(127);
    });
    child.once("close", (exitCode) => resolve(exitCode ?? 1));
  });
  clearTimeout(timer);
  process.off("SIGINT", end).off("SIGTERM", end);
  return { code, output, seconds: (performance.now() - startedAt) / 1000 };
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}
