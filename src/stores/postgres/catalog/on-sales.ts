// On-sales in PostgreSQL. Keeps: the seed of a draw is made here and leaves this file only once its
// cohort is fixed (line-records.ts, open); a phase moves along the table in on-sale.ts and nowhere else;
// a change names the version it was made against, so that two operators never overwrite each other unseen.

import { randomBytes } from "node:crypto";
import type { Selectable } from "kysely";
import { commitmentOf, seedLength } from "../../../domain/waiting-room/draw.ts";
import { transitions } from "../../../domain/waiting-room/on-sale.ts";
import { assert } from "../../../foundation/assert.ts";
import type { OnSaleId } from "../../../foundation/ids.ts";
import type { Catalog, OnSale } from "../../../ports/catalog.ts";
import { now } from "../../../ports/reads/freshness.ts";
import type { Database, Reader } from "../database.ts";
import type { Schema } from "../schema.ts";
import { listLimit, unknown } from "./lists.ts";

/** On-sales that were made before a setting existed have its usual value. */
const addedSettings = { joinWork: 0 };

type OnSaleRow = Selectable<Schema["on_sales"]>;
const onSaleColumns = [
  "on_sale_id",
  "performance_id",
  "pre_queue_at",
  "opens_at",
  "closes_at",
  "phase",
  "paused",
  "commitment",
  "seed",
  "currency",
  "prices",
  "settings",
  "version",
  "cohort",
] as const satisfies (keyof OnSaleRow)[];

async function findOnSale({ typed, run }: Reader, id: OnSaleId): Promise<OnSale | undefined> {
  const row = await run(
    typed
      .selectFrom("on_sales")
      .select(onSaleColumns)
      .where("on_sale_id", "=", id)
      .executeTakeFirst(),
  );
  return row && toOnSale(row);
}

export function onSales(database: Database): Pick<Catalog, "createOnSale" | "onSale" | "onSales"> {
  const { typed, run } = database;
  return {
    onSale: (id, freshness = now) => database.read(freshness, (from) => findOnSale(from, id)),
    async createOnSale(onSale) {
      const seed = randomBytes(seedLength);
      const row = await run(
        typed
          .insertInto("on_sales")
          .values({
            on_sale_id: onSale.onSaleId,
            performance_id: onSale.performanceId,
            pre_queue_at: onSale.preQueueAt,
            opens_at: onSale.opensAt,
            closes_at: onSale.closesAt,
            commitment: commitmentOf(seed),
            seed: seed.toString("hex"),
            currency: onSale.currency,
            prices: JSON.stringify(onSale.prices),
            settings: JSON.stringify(onSale.settings),
          })
          .returning(onSaleColumns)
          .executeTakeFirstOrThrow(),
      );
      return toOnSale(row);
    },
    async onSales(freshness = now) {
      const rows = await database.read(freshness, (from) =>
        from.run(
          from.typed
            .selectFrom("on_sales")
            .select(onSaleColumns)
            .orderBy("created_at", "desc")
            .limit(listLimit)
            .execute(),
        ),
      );
      return rows.map(toOnSale);
    },
  };
}

/** Of who is no leader but an operator: never behind anybody. */
const newestFence = Number.MAX_SAFE_INTEGER;

export function onSaleChanges(database: Database): Pick<Catalog, "setPhase" | "update"> {
  const { typed, run } = database;
  async function conflict(id: OnSaleId): Promise<{ kind: "conflict"; onSale: OnSale }> {
    const onSale = await findOnSale(database, id);
    if (onSale === undefined) throw unknown("on-sale", id);
    return { kind: "conflict", onSale };
  }

  return {
    async setPhase(id, from, to, leaderFence = newestFence) {
      assert(to !== "open", "an on-sale is opened by LineRecords.open, which fixes the cohort");
      assert(transitions[from][to].length > 0, `an on-sale never goes from ${from} to ${to}`);
      const row = await run(
        typed
          .updateTable("on_sales")
          .set((is) => ({ phase: to, paused: false, version: is("version", "+", 1) }))
          .where("on_sale_id", "=", id)
          .where("phase", "=", from)
          .where("leader_fence", "<=", leaderFence)
          .returning(onSaleColumns)
          .executeTakeFirst(),
      );
      return row ? { kind: "moved", onSale: toOnSale(row) } : await conflict(id);
    },
    async update(id, version, change) {
      const { paused, opensAt, preQueueAt, closesAt, settings } = change;
      const row = await run(
        typed
          .updateTable("on_sales")
          .set((is) => ({
            version: is("version", "+", 1),
            ...(paused === undefined ? {} : { paused }),
            ...(opensAt === undefined ? {} : { opens_at: opensAt }),
            ...(preQueueAt === undefined ? {} : { pre_queue_at: preQueueAt }),
            ...(closesAt === undefined ? {} : { closes_at: closesAt }),
            ...(settings === undefined ? {} : { settings: JSON.stringify(settings) }),
          }))
          .where("on_sale_id", "=", id)
          .where("version", "=", version)
          .returning(onSaleColumns)
          .executeTakeFirst(),
      );
      return row ? { kind: "updated", onSale: toOnSale(row) } : await conflict(id);
    },
  };
}

function toOnSale(row: Pick<OnSaleRow, (typeof onSaleColumns)[number]>): OnSale {
  return {
    onSaleId: row.on_sale_id,
    performanceId: row.performance_id,
    preQueueAt: row.pre_queue_at,
    opensAt: row.opens_at,
    closesAt: row.closes_at,
    phase: row.phase,
    paused: row.paused,
    commitment: row.commitment,
    seed: row.cohort === null ? undefined : row.seed,
    cohort: row.cohort ?? undefined,
    currency: row.currency,
    prices: row.prices,
    settings: { ...addedSettings, ...row.settings },
    version: row.version,
  };
}
