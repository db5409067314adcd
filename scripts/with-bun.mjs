// Runs one of the project's TypeScript files with Bun, from plain Node: `node scripts/with-bun.mjs
// scripts/check.ts`. Keeps the caller's folder, terminal, signals and exit code.
//
// Ctrl-C reaches the whole foreground process group by itself; forwarding it as well would deliver
// it twice and look like an impatient second Ctrl-C. So with a terminal only SIGTERM is forwarded.

import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bunMissingMessage, findBun, projectRoot } from "./find-bun.mjs";

/**
 * Two ways in which Bun gives back memory that a server needs again in a moment, and what they cost. Once
 * a second it looks whether a process that rests has some: a gateway never rests, and with its streams on
 * the heap the look is a quarter of what holding them takes. And whenever it rests its allocator (mimalloc)
 * discards the free blocks inside of pages that are in use: a third of an idle gateway, and a page fault
 * each when they are used again. What is kept for it: docs/adr/0052-holding-streams.md. Whoever starts Bun
 * without this file says the same (deploy/container/usher).
 */
const keepsMemory = { BUN_GC_TIMER_INTERVAL: "30000", MIMALLOC_PURGE_HOLES: "0" };

export function refuse(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** @param args the file, from the project's root, and its arguments. Resolves to the exit code. */
export function runWithBun([file, ...args]) {
  const bun = findBun();
  if (bun === undefined) refuse(bunMissingMessage());
  // --no-install: Bun would otherwise download some version of a package that is missing.
  const child = spawn(bun, ["--no-install", "run", join(projectRoot, file), ...args], {
    stdio: "inherit",
    env: { ...keepsMemory, ...process.env },
  });
  const hasTerminal = [process.stdin, process.stdout, process.stderr].some((end) => end.isTTY);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      if (signal === "SIGTERM" || !hasTerminal) child.kill(signal);
    });
  }
  return new Promise((resolve) => {
    child.on("error", (error) => {
      refuse(`usher: could not start ${bun}: ${error.message}\n  mend: run \`npm ci\` again.`);
    });
    child.on("exit", (code, signal) => {
      resolve(signal === null ? (code ?? 1) : 128 + (constants.signals[signal] ?? 0));
    });
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.exitCode = await runWithBun(process.argv.slice(2));
}
