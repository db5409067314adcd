// Every benchmark there is, in the order of the list. A new one: a file of its own, and a line here.

import { drawOfAMillion } from "./parts/draw.ts";
import { lineRules } from "./parts/line-rules.ts";
import { memoryHotStore } from "./parts/memory-hot-store.ts";
import { redisLine } from "./parts/redis-line.ts";
import { frontierDocument, personalStatus } from "./p1-p2-waiting.ts";
import { streamsHeld } from "./p3-streams/p3.ts";
import { joinsOverHttp } from "./p4-joins.ts";
import { holdsThroughStore } from "./p5-holds.ts";
import { holdsOverHttp } from "./p5-over-http.ts";
import { durableHolds } from "./p6-durable-holds.ts";
import { ordersWritten } from "./p7-orders/p7.ts";
import { mixedPeak } from "./p8-peak/p8.ts";
import { overload } from "./p8-peak/p10.ts";
import { failoverOfMaster } from "./p11-failover.ts";
import { rebuildOfSeats } from "./p12-rebuild.ts";
import type { Bench } from "./support/bench.ts";

export const benches: readonly Bench[] = [
  frontierDocument,
  personalStatus,
  streamsHeld,
  joinsOverHttp,
  holdsThroughStore,
  holdsOverHttp,
  durableHolds,
  ordersWritten,
  mixedPeak,
  overload,
  failoverOfMaster,
  rebuildOfSeats,
  drawOfAMillion,
  lineRules,
  memoryHotStore,
  redisLine,
];
