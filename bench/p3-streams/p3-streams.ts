// P3: streams held by real gateways (`usher gateway`, as many processes as the descriptor limit asks
// for) on this machine, each with a queue entry of its own in Redis and PostgreSQL behind it. The fans
// share the machine. Reports: joins a second, how long connecting takes, memory of a stream, how a
// change spreads (the opening with its draw; a pause), and what holding them costs.
//
//   bun bench/p3-streams/p3-streams.ts [--streams 1000000] [--per-process n] [--json file] [--dry]
//
// Read next: machine.ts (what the system must allow), fans.ts, stage.ts.

import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { type Crew, startCrew } from "./crew.ts";
import { inGiB, memoryOf, ownMemory, planFor, processorTime } from "./machine.ts";
import { openStage, type Stage } from "./stage.ts";

const { values } = parseArgs({
  options: {
    streams: { type: "string", default: "1000000" },
    "per-process": { type: "string" },
    json: { type: "string" },
    dry: { type: "boolean", default: false },
  },
});
const streams = Number(values.streams);
const plan = planFor(streams, values["per-process"] ? Number(values["per-process"]) : undefined);
const startedAt = performance.now();
const say = (line: string) =>
  console.log(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s  ${line}`);

say(
  `${streams.toLocaleString("en")} streams: ${plan.processes} gateways and as many processes of fans, ${plan.perProcess} each`,
);
for (const obstacle of plan.obstacles) say(`in the way: ${obstacle}`);
if (plan.obstacles.length > 0 || values.dry) process.exit(plan.obstacles.length > 0 ? 1 : 0);

/** Long enough for a cadence of everybody (15 ticks) and the pings between. */
const holdMs = 20_000;
const nearCount = 10_000;

const stage = await openStage({ gateways: plan.processes, say });
try {
  const crew = await startCrew(plan.processes);
  stage.later(() => crew.end());
  const result = await measure(stage, crew);
  console.log(JSON.stringify(result, null, 2));
  if (values.json) writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
} finally {
  await stage.close();
}

async function measure(at: Stage, crew: Crew) {
  const share = (nth: number) =>
    Math.floor((streams * (nth + 1)) / plan.processes) -
    Math.floor((streams * nth) / plan.processes);
  say("joining");
  const joinedFrom = performance.now();
  await crew.each((nth) => ({
    do: "join",
    port: at.ports[nth] as number,
    onSaleId: at.onSaleId,
    count: share(nth),
  }));
  const joinMs = performance.now() - joinedFrom;
  say(
    `${streams.toLocaleString("en")} have joined: ${Math.round((streams / joinMs) * 1_000).toLocaleString("en")} a second`,
  );

  await at.collectGarbage();
  const before = { own: own(at), free: memoryOf("MemAvailable") };
  const openedFrom = performance.now();
  const opened = await crew.each(() => ({ do: "open" }));
  const connectMs = performance.now() - openedFrom;
  const open = opened.reduce((sum, report) => sum + (report.done === "open" ? report.open : 0), 0);
  say(`${open.toLocaleString("en")} streams are open after ${(connectMs / 1_000).toFixed(1)} s`);
  await at.collectGarbage();
  const after = { own: own(at), free: memoryOf("MemAvailable") };
  const serverBytes = (after.own - before.own) / open;
  const allBytes = (before.free - after.free) / open;
  say(
    `a stream costs its gateway ${(serverBytes / 1024).toFixed(1)} KB, the machine ${(allBytes / 1024).toFixed(1)} KB with the fan's side`,
  );

  const spent = processors(at);
  await Bun.sleep(holdMs);
  const cores = ((processors(at) - spent) / holdMs) * 1_000;
  say(`holding them takes the gateways ${cores.toFixed(2)} cores`);

  const opening = await spread(crew, '"phase":"open"', () => at.openNow());
  const pause = await spread(crew, '"paused":true', () => at.pause());
  return {
    id: "p3",
    at: new Date().toISOString(),
    machine: {
      cores: cpus().length,
      memoryGiB: inGiB(memoryOf("MemTotal")),
      loadBefore: loadavg()[0],
    },
    processes: plan.processes,
    streams: open,
    joinsPerSec: Math.round((streams / joinMs) * 1_000),
    connectMs: Math.round(connectMs),
    serverBytesPerStream: Math.round(serverBytes),
    machineBytesPerStream: Math.round(allBytes),
    coresWhileHolding: Number(cores.toFixed(2)),
    opening,
    pause,
    stillOpen: pause.open,
  };
}

/** How a change spreads, in ms from the instant in the document to its arrival at the fan. */
async function spread(crew: Crew, text: string, change: () => Promise<void>) {
  await crew.each(() => ({ do: "listen", text }));
  await change();
  const frontier = await stage.frontierWith(text);
  await Bun.sleep(18_000);
  const { seed, cohort } = frontier.draw;
  const draw = seed !== undefined && cohort !== undefined ? { seed, cohort } : undefined;
  const reports = await crew.each(() => ({ do: "tell", ...(draw && { draw }) }));
  const told = reports.flatMap((report) => (report.done === "tell" ? [report] : []));
  const heard = told.flatMap((report) => report.heard);
  const near = heard.filter(
    ({ position }) => position >= frontier.serving && position < frontier.serving + nearCount,
  );
  const result = {
    open: told.reduce((sum, report) => sum + report.open, 0),
    unheard: heard.filter(({ afterMs }) => afterMs < 0).length,
    nearest: percentiles(near.map(({ afterMs }) => afterMs)),
    everybody: percentiles(heard.map(({ afterMs }) => afterMs)),
  };
  say(
    `${text} reached the nearest ${near.length} within ${result.nearest.max} ms, everybody within ${result.everybody.max} ms; ${result.unheard} did not hear it`,
  );
  return result;
}

function percentiles(numbers: number[]) {
  const sorted = numbers.filter((ms) => ms >= 0).toSorted((a, b) => a - b);
  const of = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? -1;
  return { p50: of(0.5), p99: of(0.99), max: of(1) };
}

function own({ pids }: Stage): number {
  return pids.reduce((sum, pid) => sum + ownMemory(pid), 0);
}
function processors({ pids }: Stage): number {
  return pids.reduce((sum, pid) => sum + processorTime(pid), 0);
}
