// The checks that need no test runner: format, habits, lint, types, unused code. Each counts as one
// in the closing line, and prints its own output only when it fails.

import { join } from "node:path";
import { root, run, tool } from "./run.ts";
import type { Tally } from "./tally.ts";

type Step = { name: string; command: string[] };

const steps: readonly Step[] = [
  { name: "format", command: [tool("biome"), "format", "."] },
  { name: "tidy", command: [process.execPath, join(root, "scripts", "tidy", "main.ts")] },
  { name: "lint", command: [tool("oxlint"), "--type-aware", "--deny-warnings"] },
  { name: "functions", command: [process.execPath, join(import.meta.dir, "long-functions.ts")] },
  { name: "types", command: [tool("tsc"), "-p", "."] },
  { name: "unused", command: [tool("knip"), "--no-progress", "--no-config-hints"] },
];

const stepTimeoutMs = 180_000;

export async function runSteps(out: (line: string) => void): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, command } of steps) {
    const { code, output, seconds } = await run(command, { timeoutMs: stepTimeoutMs });
    if (code === 0) tally.passed++;
    else tally.failed++;
    out(`${code === 0 ? "ok  " : "FAIL"} ${name.padEnd(22)} ${seconds.toFixed(1)} s`);
    if (code !== 0) out(output.trimEnd());
  }
  return tally;
}
