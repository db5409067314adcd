// P5 over HTTP: three seats that somebody has, asked for by fans whose shop session runs, at a real box
// office (support/holds-over-http.ts) ÷ redis-benchmark sending the script of the hold, one hold a call,
// to the same Redis, at the better of its two shapes.

import { newId } from "../src/foundation/ids.ts";
import type { SeatScope } from "../src/ports/seat-store.ts";
import type { Bench } from "./support/bench.ts";
import { openHoldsOverHttp } from "./support/holds-over-http.ts";
import { openInstallation } from "./support/installation.ts";
import { redisBenchmark } from "./support/redis.ts";
import { refusedCommand, shapes, takeSeats } from "./support/refused-holds.ts";

const calls = 40_000;
const seatCount = 16_054;

export const holdsOverHttp: Bench = {
  id: "p5-http",
  what: "refused holds over HTTP, against redis-benchmark with the script of the hold",
  figures: {
    overHttp: "refused holds/s over HTTP",
    bare: "the script/s, redis-benchmark, one hold a call",
  },
  goals: [
    {
      what: "refused holds over HTTP ÷ redis-benchmark",
      of: "overHttp",
      over: "bare",
      atLeast: 0.25,
    },
  ],
  async open({ keep }) {
    const installation = await openInstallation();
    const { server, store } = installation.redis;
    const scope: SeatScope = { performanceId: newId("performance"), epoch: 1 };
    await store.seats.restore(scope, { seatCount, claims: [] });
    await takeSeats(store, scope);
    const command = await refusedCommand(server.url, scope);
    const overHttp = await openHoldsOverHttp(installation);
    return {
      sides: [
        async () => ({ overHttp: await overHttp.perSec(keep) }),
        async () => {
          const speeds: number[] = [];
          for (const shape of shapes) {
            speeds.push(await redisBenchmark(server.port, { calls, shape, command }));
          }
          return { bare: Math.max(...speeds) };
        },
      ],
      notes: () => [
        "wrk with one thread and 64 connections takes a core of its own; box office, Redis and PostgreSQL share the other",
      ],
      close: () => installation.close(),
    };
  },
};
