// P3: streams held by real gateways (`usher gateway`, as many processes as the descriptor limit asks
// for) on this machine, each with a queue entry of its own in Redis and PostgreSQL behind it. The fans
// share the machine. Tells: joins a second, how long connecting takes, memory of a stream, what holding
// them costs, and how two changes spread: the opening with its draw, and a pause.
//
//   npm run bench -- p3                                        a million
//   bun bench/p3-streams/p3-streams.ts --streams 100000        fewer; writes nothing
//
// Read next: machine.ts (what the system must allow), stage.ts, fans.ts.

import { Fault } from "../../src/foundation/fault.ts";
import { type Bench, type Figures, median } from "../support/bench.ts";
import { type Crew, startCrew } from "./crew.ts";
import { memoryOf, ownMemory, type Plan, planFor, processorTime, socketsInUse } from "./machine.ts";
import { openStage, type Stage } from "./stage.ts";

const idleMs = 10_000;
/** Long enough for a cadence of everybody (15 ticks). */
const holdMs = 20_000;
/** Whoever has not heard after this is counted as not told. */
const spreadMs = 18_000;
const nearCount = 10_000;
const million = 1_000_000;
/** Of all processes together: enough for every batch, and few enough that none waits past its deadline. */
const joinsAtOnce = 640;
const opensAtOnce = 2_560;
/** Of one process. */
const fewestAtOnce = 8;

export const streamsHeld: Bench = {
  id: "p3",
  what: "a million streams, each with its own queue entry, held by real gateways on one machine",
  once: true,
  figures: {
    streams: "streams open, fans on the same machine",
    processes: "gateways, and as many processes of fans",
    joinsPerSec: "joins a second, each of two requests",
    connectMs: "ms until all streams were open and had their first word",
    serverBytes: "bytes of a gateway's own memory a stream",
    machineBytes:
      "bytes of the machine's memory a stream, the kernel's and the fan's side included",
    bytesPerStreamSec: "bytes a second to a stream while nothing is asked of the line",
    cores: "cores that the gateways take while they hold them",
    openingNearMs: "ms until the nearest 10,000 knew of the opening",
    openingAllMs: "ms until everybody knew of the opening",
    pauseNearMs: "ms until the nearest 10,000 knew of a pause",
    pauseAllMs: "ms until everybody knew of a pause",
    untold: "streams that heard neither within 18 s",
    lost: "streams that were open and are not any more, those whose turn came apart",
  },
  goals: [
    { what: "streams held", of: "streams", atLeast: million },
    { what: "KB of a gateway's memory a stream, × 1024", of: "serverBytes", atMost: 7 * 1024 },
    { what: "ms until all are in", of: "connectMs", atMost: 90_000 },
    { what: "ms to the nearest 10,000", of: "pauseNearMs", atMost: 1_000 },
    { what: "ms to everybody", of: "pauseAllMs", atMost: 15_000 },
  ],
  async open(run) {
    const plan = planFor(million, undefined);
    if (plan.obstacles.length > 0) throw new Fault("machine-too-small", plan.obstacles.join("\n"));
    const startedAt = performance.now();
    const say = (line: string) => {
      const text = `${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s  ${line}`;
      console.log(`  ${text}`);
      run.keep(text);
    };
    return { sides: [() => holdStreams(plan, say)], close: async () => {} };
  },
};

type Say = (line: string) => void;

export async function holdStreams(plan: Plan, say: Say): Promise<Figures> {
  const stage = await openStage({ gateways: plan.processes, say });
  try {
    const crew = await startCrew(plan.processes);
    stage.later(() => crew.end());
    return await measure({ plan, stage, crew, say });
  } finally {
    await stage.close();
  }
}

type Bare = { plan: Plan; stage: Stage; crew: Crew; say: Say };

async function measure({ plan, stage, crew, say }: Bare): Promise<Figures> {
  const { streams, processes } = plan;
  const share = (atOnce: number) => Math.max(fewestAtOnce, Math.floor(atOnce / processes));
  const upTo = (nth: number) => Math.floor((streams * nth) / processes);
  const idleCores = await coresOver(stage, idleMs);
  say(`${processes} gateways take ${idleCores} cores before anybody comes; joining`);
  const { onSaleId } = stage;
  const joinMs = await timed(
    () =>
      crew.each((nth) => {
        const port = stage.ports[nth] as number;
        const count = upTo(nth + 1) - upTo(nth);
        return { do: "join", port, onSaleId, count, atOnce: share(joinsAtOnce) };
      }),
    async () => say(`${spoken(await stage.joined())} have joined so far`),
  );
  const joinsPerSec = Math.round((streams / joinMs) * 1_000);
  say(`${spoken(streams)} have joined: ${spoken(joinsPerSec)} a second`);

  await stage.rest();
  const before = { own: own(stage), free: memoryOf("MemAvailable") };
  say(
    `a gateway takes ${Math.round(before.own / processes / 2 ** 20)} MiB before its first stream`,
  );
  let [open, again] = [0, 0];
  const sockets = socketsInUse();
  const connectMs = await timed(
    async () => {
      const atOnce = share(opensAtOnce);
      for (const report of await crew.each(() => ({ do: "open", atOnce }))) {
        if (report.done !== "open") continue;
        open += report.open;
        again += report.again;
      }
    },
    () => say(`about ${spoken(Math.round((socketsInUse() - sockets) / 2))} streams so far`),
  );
  say(`${spoken(open)} streams are open after ${(connectMs / 1_000).toFixed(1)} s`);
  if (again > 0) say(`${spoken(again)} were refused or cut off before, and came again`);
  await stage.rest();
  const serverBytes = Math.round((own(stage) - before.own) / open);
  const machineBytes = Math.round((before.free - memoryOf("MemAvailable")) / open);
  say(`a stream costs its gateway ${serverBytes} bytes, the machine ${machineBytes} with the fan`);

  const heardBefore = await weigh(crew);
  const cores = await coresOver(stage, holdMs);
  const bytesPerStreamSec = Math.round(
    (((await weigh(crew)) - heardBefore) / open / holdMs) * 1_000,
  );
  say(`holding them takes the gateways ${cores} cores`);

  const opening = await spread({ stage, crew, say }, '"phase":"open"', stage.openNow);
  const pause = await spread({ stage, crew, say }, '"paused":true', stage.pause);
  return {
    streams: open,
    processes,
    joinsPerSec,
    connectMs: Math.round(connectMs),
    serverBytes,
    machineBytes,
    bytesPerStreamSec,
    cores,
    openingNearMs: opening.nearMs,
    openingAllMs: opening.allMs,
    pauseNearMs: pause.nearMs,
    pauseAllMs: pause.allMs,
    untold: opening.untold + pause.untold,
    lost: pause.lost,
  };
}

/** How a change spreads, in ms from the instant in the document to its arrival at the fan. */
async function spread(
  { stage, crew, say }: Omit<Bare, "plan">,
  text: string,
  change: () => Promise<void>,
): Promise<{ nearMs: number; allMs: number; untold: number; lost: number }> {
  await crew.each(() => ({ do: "listen", text }));
  await change();
  const frontier = await stage.frontierWith(text);
  await Bun.sleep(spreadMs);
  const { seed, cohort } = frontier.draw;
  const draw = seed !== undefined && cohort !== undefined ? { seed, cohort } : undefined;
  const reports = await crew.each(() => ({ do: "tell", ...(draw && { draw }) }));
  const heard = reports.flatMap((report) => (report.done === "tell" ? report.heard : []));
  const isNear = ({ position }: { position: number }) =>
    position >= frontier.serving && position < frontier.serving + nearCount;
  const near = heard.filter(isNear);
  const [nearMs, allMs] = [latest(near), latest(heard)];
  const halfOf = (some: typeof heard) => median(some.map(({ afterMs }) => afterMs));
  const lost = reports.reduce((sum, report) => sum + (report.done === "tell" ? report.lost : 0), 0);
  const untold = heard.filter(({ afterMs }) => afterMs < 0).length;
  say(
    `${text}: the nearest ${spoken(nearCount)} knew within ${nearMs} ms (half of them ${halfOf(near)}), everybody within ${allMs} ms (half ${halfOf(heard)}); ${untold} did not hear, ${lost} were lost`,
  );
  return { nearMs, allMs, untold, lost };
}

function latest(heard: readonly { afterMs: number }[]): number {
  return heard.reduce((most, { afterMs }) => Math.max(most, afterMs), 0);
}

const progressMs = 10_000;

/** Says how far it is now and then, for whoever waits. */
async function timed(
  work: () => Promise<unknown>,
  progress: () => Promise<void> | void,
): Promise<number> {
  const from = performance.now();
  const timer = setInterval(() => void progress(), progressMs);
  await work().finally(() => clearInterval(timer));
  return performance.now() - from;
}

const spoken = (count: number) => count.toLocaleString("en");

async function weigh(crew: Crew): Promise<number> {
  const reports = await crew.each(() => ({ do: "weigh" }));
  return reports.reduce((sum, report) => sum + (report.done === "weigh" ? report.bytes : 0), 0);
}

function own({ pids }: Stage): number {
  return pids.reduce((sum, pid) => sum + ownMemory(pid), 0);
}

/** Cores that the gateways take, over so many ms from now. */
async function coresOver({ pids }: Stage, ms: number): Promise<number> {
  const spent = () => pids.reduce((sum, pid) => sum + processorTime(pid), 0);
  const before = spent();
  await Bun.sleep(ms);
  return Number((((spent() - before) / ms) * 1_000).toFixed(2));
}
