#!/usr/bin/env node
// The launcher: `npm start`, `npx usher <command>`. Needs Node >= 20 and nothing else; finds the Bun
// that npm installed and hands over to src/cli/main.ts, keeping the caller's folder (so that
// `npx usher import plan.json` means the caller's plan.json), terminal, signals and exit code.
//
// Ctrl-C reaches the whole foreground process group by itself; forwarding it as well would deliver
// it twice and look like an impatient second Ctrl-C. So terminal signals are forwarded only when
// there is no terminal. Read next: src/cli/main.ts.

import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { bunMissingMessage, findBun, projectRoot } from "./find-bun.mjs";

function refuse(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

if (process.platform === "win32") {
  refuse(
    "usher: Windows is not supported.\n  mend: run it under WSL 2, on Linux or on macOS; everything else stays the same.",
  );
}
if (Number(process.versions.node.split(".")[0]) < 20) {
  refuse(`usher: Node ${process.versions.node} is too old.\n  mend: install Node 20 or newer.`);
}

const bun = findBun();
if (bun === undefined) refuse(bunMissingMessage());

const main = join(projectRoot, "src", "cli", "main.ts");
// --no-install: Bun would otherwise download some version of a package that is missing.
const child = spawn(bun, ["--no-install", "run", main, ...process.argv.slice(2)], {
  stdio: "inherit",
});

const hasTerminal = [process.stdin, process.stdout, process.stderr].some((end) => end.isTTY);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    if (signal === "SIGTERM" || !hasTerminal) child.kill(signal);
  });
}

child.on("error", (error) => {
  refuse(
    `usher: could not start ${bun}: ${error.message}\n  mend: run \`npm ci\` in ${projectRoot}.`,
  );
});
child.on("exit", (code, signal) => {
  process.exit(signal === null ? (code ?? 1) : 128 + (constants.signals[signal] ?? 0));
});
