// What is on sale, in PostgreSQL. Keeps: a plan never changes (its hash is its name).
// Read next: on-sales.ts.

import type { Selectable } from "kysely";
import { planHash } from "../../../domain/seating/plan-hash.ts";
import { countPlaces } from "../../../domain/seating/venue-plan.ts";
import type { Catalog, Performance } from "../../../ports/catalog.ts";
import { now } from "../../../ports/reads/freshness.ts";
import type { Database } from "../database.ts";
import type { Schema } from "../schema.ts";
import { listLimit, unknown } from "./lists.ts";
import { onSaleChanges, onSales } from "./on-sales.ts";

export function openCatalog(database: Database): Catalog {
  return {
    ...plans(database),
    ...performances(database),
    ...onSales(database),
    ...onSaleChanges(database),
  };
}

function plans({ typed, run, read }: Database): Pick<Catalog, "savePlan" | "plan" | "plans"> {
  return {
    async savePlan(plan) {
      const hash = planHash(plan);
      const seatCount = countPlaces(plan);
      await run(
        typed
          .insertInto("venue_plans")
          .values({
            hash,
            name: JSON.stringify(plan.name),
            seat_count: seatCount,
            plan: JSON.stringify(plan),
          })
          .onConflict((conflict) => conflict.column("hash").doNothing())
          .execute(),
      );
      return { hash, seatCount };
    },
    async plan(hash, freshness = now) {
      const row = await read(freshness, (from) =>
        from.run(
          from.typed
            .selectFrom("venue_plans")
            .select("plan")
            .where("hash", "=", hash)
            .executeTakeFirst(),
        ),
      );
      return row?.plan;
    },
    async plans(freshness = now) {
      return await read(freshness, (from) =>
        from.run(
          from.typed
            .selectFrom("venue_plans")
            .select(["hash", "name", "seat_count as seatCount", "created_at as createdAt"])
            .orderBy("created_at", "desc")
            .limit(listLimit)
            .execute(),
        ),
      );
    },
  };
}

async function seatCountOf({ typed, run }: Database, planHash: string): Promise<number> {
  const plan = await run(
    typed
      .selectFrom("venue_plans")
      .select("seat_count")
      .where("hash", "=", planHash)
      .executeTakeFirst(),
  );
  if (plan === undefined) throw unknown("plan", planHash);
  return plan.seat_count;
}

function performances(
  database: Database,
): Pick<Catalog, "createPerformance" | "performance" | "performances" | "nextSeatEpoch"> {
  const { typed, run, read } = database;
  return {
    async createPerformance(performance) {
      const seatCount = await seatCountOf(database, performance.planHash);
      const row = await run(
        typed
          .insertInto("performances")
          .values({
            performance_id: performance.performanceId,
            name: JSON.stringify(performance.name),
            venue: JSON.stringify(performance.venue),
            plan_hash: performance.planHash,
            seat_count: seatCount,
            starts_at: performance.startsAt,
            time_zone: performance.timeZone,
          })
          .returningAll()
          .executeTakeFirstOrThrow(),
      );
      return toPerformance(row);
    },
    async performance(id, freshness = now) {
      const row = await read(freshness, (from) =>
        from.run(
          from.typed
            .selectFrom("performances")
            .selectAll()
            .where("performance_id", "=", id)
            .executeTakeFirst(),
        ),
      );
      return row && toPerformance(row);
    },
    async performances(freshness = now) {
      const rows = await read(freshness, (from) =>
        from.run(
          from.typed
            .selectFrom("performances")
            .selectAll()
            .orderBy("created_at", "desc")
            .limit(listLimit)
            .execute(),
        ),
      );
      return rows.map(toPerformance);
    },
    async nextSeatEpoch(id) {
      const row = await run(
        typed
          .updateTable("performances")
          .set((is) => ({ epoch: is("epoch", "+", 1) }))
          .where("performance_id", "=", id)
          .returning("epoch")
          .executeTakeFirst(),
      );
      if (row === undefined) throw unknown("performance", id);
      return row.epoch;
    },
  };
}

function toPerformance(row: Selectable<Schema["performances"]>): Performance {
  return {
    performanceId: row.performance_id,
    name: row.name,
    venue: row.venue,
    planHash: row.plan_hash,
    seatCount: row.seat_count,
    startsAt: row.starts_at,
    timeZone: row.time_zone,
    epoch: row.epoch,
  };
}
