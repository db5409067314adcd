#!/usr/bin/env node
// The launcher: `npm start`, `npx usher <command>`. Needs Node >= 20 and nothing else; finds the Bun
// that npm installed and hands over to src/cli/main.ts, keeping the caller's folder (so that
// `npx usher import plan.json` means the caller's plan.json), terminal, signals and exit code.
// Read next: src/cli/main.ts.

import { join } from "node:path";
import { refuse, runWithBun } from "./with-bun.mjs";

if (process.platform === "win32") {
  refuse(
    "usher: Windows is not supported.\n  mend: run it under WSL 2, on Linux or on macOS; everything else stays the same.",
  );
}
if (Number(process.versions.node.split(".")[0]) < 20) {
  refuse(`usher: Node ${process.versions.node} is too old.\n  mend: install Node 20 or newer.`);
}

process.exitCode = await runWithBun([join("src", "cli", "main.ts"), ...process.argv.slice(2)]);
