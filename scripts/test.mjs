// `npm test`: everything, from plain Node. Ends with the single line `N passed, N failed`.
// Read next: scripts/suite/main.ts.

import { join } from "node:path";
import { runWithBun } from "./with-bun.mjs";

process.exitCode = await runWithBun([
  join("scripts", "suite", "main.ts"),
  ...process.argv.slice(2),
]);
