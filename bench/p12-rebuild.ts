// P12: from a FLUSHALL to the first answer, with every seat claimed: half of them held by fans with
// four each, half sold. The way is the platform's own: a call meets the wiped store, asks PostgreSQL
// for the epoch, and waits for the rebuilder. A curve over the number of seats; the goal is for a
// stadium of 16,054. Redis and PostgreSQL (embedded, with its usual durability) share the machine.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import pg from "pg";
import { assert } from "../src/foundation/assert.ts";
import { newId, type PerformanceId } from "../src/foundation/ids.ts";
import { silentLog } from "../src/foundation/log.ts";
import { openEpochs } from "../src/stores/epochs.ts";
import { openRecords, type PostgresStores } from "../src/stores/open.ts";
import { startEmbeddedPostgres } from "../src/stores/postgres/embedded.ts";
import { openRebuilder } from "../src/workers/rebuilder.ts";
import type { Bench } from "./support/bench.ts";
import { startRedis } from "./support/redis.ts";

const sizes = [1_000, 5_000, 16_054, 50_000] as const;
const perHold = 4;
const figures = Object.fromEntries(
  sizes.map((seats) => [`seats${seats}`, `ms until ${seats.toLocaleString("en")} seats answer`]),
);

export const rebuildOfSeats: Bench = {
  id: "p12",
  what: "rebuild of a performance after FLUSHALL, every seat held or sold",
  figures,
  goals: [{ what: "ms until 16,054 seats answer again", of: "seats16054", atMost: 1_000 }],
  async open() {
    const folder = mkdtempSync(join(tmpdir(), "usher-bench-p12-"));
    const server = await startEmbeddedPostgres({
      dataDir: join(folder, "postgres"),
      log: () => {},
    });
    const postgres = await openRecords(server.connectionString);
    const redis = await startRedis();
    const plain = new Redis(redis.server.url);
    const { catalog, lineRecords: records, seatClaims: claims, alone } = postgres;
    const common = { hot: redis.store, catalog, records, claims, alone, log: silentLog };
    const epochs = openEpochs({ catalog, records, onStale: openRebuilder(common) });
    const performances = new Map<number, PerformanceId>();
    for (const seats of sizes) {
      performances.set(seats, await fullHouse(postgres, server.connectionString, seats));
    }
    return {
      sides: sizes.map((seats) => async () => {
        const performanceId = performances.get(seats) as PerformanceId;
        await plain.flushall();
        const wipedAt = performance.now();
        const counts = await epochs.seats(performanceId, (scope) =>
          redis.store.seats.counts(scope),
        );
        const tookMs = performance.now() - wipedAt;
        const { free, held, sold } = counts;
        assert(free === 0 && held + sold === seats, `rebuilt ${JSON.stringify(counts)}`);
        return { [`seats${seats}`]: tookMs };
      }),
      notes: () => ["half of the seats held, four to a hold, half sold; one Redis, one PostgreSQL"],
      async close() {
        plain.disconnect();
        await redis.close();
        await postgres.close();
        await server.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};

/** Written past the stores: buying sixteen thousand tickets is another benchmark. */
async function fullHouse(
  { catalog }: PostgresStores,
  connectionString: string,
  seats: number,
): Promise<PerformanceId> {
  const { hash } = await catalog.savePlan(rowsOf(seats));
  const { performanceId } = await catalog.createPerformance({
    performanceId: newId("performance"),
    name: { ko: "재구축", en: "Rebuild" },
    venue: { ko: "큰 홀", en: "A large hall" },
    planHash: hash,
    startsAt: Date.now() + 86_400_000,
    timeZone: "Asia/Seoul",
  });
  const client = new pg.Client({ connectionString });
  await client.connect();
  const fill = `insert into seat_claims
      (performance_id, seat, state, fence, owner, hold_id, order_id, held_at, deadline)
    select $1, seat, case when seat < $2 / 2 then 'held' else 'sold' end, 1,
           'qe_' || lpad((seat / ${perHold})::text, 22, '0'),
           'hd_' || lpad((seat / ${perHold})::text, 22, '0'),
           case when seat < $2 / 2 then null else 'or_' || lpad((seat / ${perHold})::text, 22, '0') end,
           1, case when seat < $2 / 2 then 32503680000000 end
    from generate_series(0, $2::integer - 1) as seat
    on conflict (performance_id, seat) do update
      set state = excluded.state, owner = excluded.owner, hold_id = excluded.hold_id,
          order_id = excluded.order_id, held_at = excluded.held_at, deadline = excluded.deadline`;
  await client.query(fill, [performanceId, seats]);
  await client.query("analyze seat_claims");
  await client.end();
  return performanceId;
}

function rowsOf(seats: number) {
  const perRow = 50;
  const rows = Array.from({ length: Math.ceil(seats / perRow) }, (_, r) => ({
    key: String(r + 1),
    label: String(r + 1),
    seats: Array.from({ length: Math.min(perRow, seats - r * perRow) }, (__, n) => ({
      label: String(n + 1),
      x: 10 + n * 6,
      y: 10 + r * 6,
    })),
  }));
  return {
    format: "usher-plan/1" as const,
    name: { ko: "큰 홀", en: "A large hall" },
    canvas: { width: 320, height: 20 + rows.length * 6 },
    categories: [{ key: "r", name: { ko: "R석", en: "R" }, color: "#db2777" }],
    sections: [{ key: "A", name: { ko: "A구역", en: "Section A" }, category: "r", rows }],
    standingAreas: [],
  };
}
