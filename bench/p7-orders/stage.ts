// What stands before an order: a fan in the shop with two seats held. Written past the stores, for
// holding seats is another benchmark (P6), and under names that follow from a number, so that pgbench
// can make the same rows by arithmetic.

import pg from "pg";
import type {
  EntryId,
  HoldId,
  OnSaleId,
  OrderId,
  PerformanceId,
} from "../../src/foundation/ids.ts";
import type { NewOrder } from "../../src/ports/order-store.ts";
import type { Installation } from "../support/installation.ts";

export const seatsPerOrder = 2;
const price = { amount: 99_000, currency: "KRW" };
const holdMs = 600_000;

export type Stage = {
  onSaleId: OnSaleId;
  performanceId: PerformanceId;
  /** Begins every name of this stage: its names are its own. */
  prefix: string;
  deadline: number;
};

/** A new on-sale, and `orders` fans who hold two seats each. */
export async function setStage(installation: Installation, orders: number): Promise<Stage> {
  const { onSaleId, performanceId } = await installation.createOnSale(0);
  const prefix = performanceId.slice(-12);
  const now = Date.now();
  const deadline = now + holdMs;
  const client = new pg.Client({ connectionString: installation.connectionString });
  await client.connect();
  try {
    await client.query(
      `insert into seat_claims (performance_id, seat, state, fence, owner, hold_id, held_at, deadline)
       select $1, seat, 'held', 1, 'qe_' || $2 || '-' || seat / 2, 'hd_' || $2 || '-' || seat / 2, $3, $4
       from generate_series(0, $5::integer - 1) as seat`,
      [performanceId, prefix, now, deadline, orders * seatsPerOrder],
    );
    await client.query(
      `insert into admissions (admission_id, on_sale_id, entry_id, index, position, deadline)
       select 'ad_' || $2 || '-' || nth, $1, 'qe_' || $2 || '-' || nth, nth, nth, $3
       from generate_series(0, $4::integer - 1) as nth`,
      [onSaleId, prefix, deadline, orders],
    );
    // So that the part of the tables that a round has left behind weighs on no side of the next.
    await client.query("vacuum analyze seat_claims, orders, payments, admissions");
  } finally {
    await client.end();
  }
  return { onSaleId, performanceId, prefix, deadline };
}

export function newOrderOf(
  { onSaleId, performanceId, prefix, deadline }: Stage,
  nth: number,
): NewOrder {
  const first = nth * seatsPerOrder;
  return {
    orderId: `or_${prefix}-${nth}` as OrderId,
    onSaleId,
    performanceId,
    entryId: `qe_${prefix}-${nth}` as EntryId,
    holdId: `hd_${prefix}-${nth}` as HoldId,
    amount: { ...price, amount: price.amount * seatsPerOrder },
    buyer: { name: "김서연", email: "fan@example.test", locale: "ko" },
    lines: Array.from({ length: seatsPerOrder }, (_, at) => ({
      seat: first + at,
      category: "r",
      section: "101",
      row: "5",
      label: String(first + at),
      price,
    })),
    deadline,
    idempotencyKey: `order-${nth}`,
    bodyHash: "a".repeat(64),
  };
}
