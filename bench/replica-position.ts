// What reading "as of one's own write" costs: the position that a change leaves behind, asked one by one
// and by two hundred callers at once, beside the smallest read of the primary in the same run. Starts its
// own primary and replica. `node_modules/.bin/bun bench/replica-position.ts`

import { openDatabase, statement } from "../src/stores/postgres/database.ts";
import { replicatedPostgres } from "../test/support/replicated-postgres.ts";
import { until } from "../test/support/until.ts";
import { median } from "./support/bench.ts";

const rounds = 5;
const one = statement("bench-one", "select 1 as one");
const { primary, replicas, stop } = await replicatedPostgres();
const database = openDatabase(primary.connectionString, {
  replicaUrls: replicas.map(({ connectionString }) => connectionString),
});
await until("the replica", async () => database.replicas().every(({ inService }) => inService));

const ways: Record<string, { calls: number; run(): Promise<unknown> }> = {
  "read of the primary, one by one": { calls: 2_000, run: () => database.rows(one, []) },
  "position, one by one": { calls: 2_000, run: () => database.position() },
  "position, 200 at once": {
    calls: 20_000,
    run: () => Promise.all(Array.from({ length: 200 }, () => database.position())),
  },
};
const perCall: Record<string, number[]> = {};
for (let round = 0; round < rounds; round++) {
  for (const [name, { calls, run }] of Object.entries(ways)) {
    const times = name.includes("200") ? calls / 200 : calls;
    const startedAt = performance.now();
    for (let index = 0; index < times; index++) await run();
    (perCall[name] ??= []).push(((performance.now() - startedAt) * 1_000) / calls);
  }
}
for (const [name, all] of Object.entries(perCall)) {
  console.log(`${name.padEnd(34)} ${median(all).toFixed(1)} µs a call, median of ${rounds}`);
}
await database.close();
await stop();
