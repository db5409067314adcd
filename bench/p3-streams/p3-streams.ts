// P3 at any size, for a curve and for smaller machines; writes nothing. Read next: p3.ts.
//
//   bun bench/p3-streams/p3-streams.ts [--streams 100000] [--per-process n] [--dry]

import { parseArgs } from "node:util";
import { planFor } from "./machine.ts";
import { holdStreams } from "./p3.ts";

const { values } = parseArgs({
  options: {
    streams: { type: "string", default: "100000" },
    "per-process": { type: "string" },
    dry: { type: "boolean", default: false },
  },
});
const perProcess = values["per-process"];
const plan = planFor(Number(values.streams), perProcess ? Number(perProcess) : undefined);
const startedAt = performance.now();
const say = (line: string) =>
  console.log(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s  ${line}`);

say(`${plan.streams} streams: ${plan.processes} gateways, ${plan.perProcess} each`);
for (const obstacle of plan.obstacles) say(`in the way: ${obstacle}`);
if (plan.obstacles.length === 0 && !values.dry) console.table(await holdStreams(plan, say));
process.exit(plan.obstacles.length > 0 ? 1 : 0);
