// Refunds in PostgreSQL: request-refund.ts makes the intent; here workers lease it, move it along the
// table of refund.ts, and settle it: our book of the payment, the seats and the mail owed in one
// transaction (M4). A write that is not under the lease and the version it was read with writes nothing.

import { mayRefundMove } from "../../../domain/ordering/refund.ts";
import { assert } from "../../../foundation/assert.ts";
import type { RefundId } from "../../../foundation/after-sale-ids.ts";
import { now } from "../../../ports/reads/freshness.ts";
import type { LeasedRefund, RefundStore, Settlement } from "../../../ports/tickets/refund-store.ts";
import { type Database, type Runner, statement } from "../database.ts";
import {
  asProposed,
  bySeat,
  lookUp,
  proposeSeats,
  seatColumns,
  type SeatRow,
  takeProposed,
  toTruth,
} from "../seats/seat-rows.ts";
import { readRefunds, type RefundRow, refundReads, toLeased, toRefund } from "./refund-rows.ts";
import { refundable, requestRefund } from "./request-refund.ts";

const leased = `lease_token = gen_random_uuid()::text, lease_until = now_ms() + $2::bigint`;

const sql = {
  leaseDue: statement(
    "refund-lease-due",
    `update refunds set ${leased} where refund_id in (
       select refund_id from refunds where due_at <= now_ms() and lease_until <= now_ms()
       order by due_at for update skip locked limit $1)
     returning refund_id as "refundId"`,
  ),
  leaseOne: statement(
    "refund-lease-one",
    `update refunds set ${leased}
     where refund_id = $1 and lease_until <= now_ms() and state <> 'refunded'
     returning refund_id as "refundId"`,
  ),
  record: statement(
    "refund-record",
    `update refunds set state = $4, version = version + 1, stuck_because = $5,
       due_at = $6::bigint, lease_token = case when $7::boolean then lease_token end,
       lease_until = case when $7::boolean then lease_until else 0 end, updated_at = now_ms()
     where refund_id = $1 and lease_token = $2 and version = $3::integer
     returning refund_id as "refundId"`,
  ),
  settle: statement(
    "refund-settle",
    `with done as (
       update refunds set state = 'refunded', version = version + 1, stuck_because = null,
         settled_where = $4, settled_reason = $5, due_at = null, lease_token = null, lease_until = 0,
         updated_at = now_ms()
       where refund_id = $1 and lease_token = $2 and version = $3::integer
       returning refund_id, order_id, attempt, amount)
     insert into outbox (key, topic, payload)
     select 'refund:' || refund_id || ':refunded', 'tickets-refunded',
       jsonb_build_object('refundId', refund_id, 'orderId', order_id)
     from done returning id`,
  ),
  paidBack: statement(
    "refund-paid-back",
    `update payments p set refunded = p.refunded + r.amount, updated_at = now_ms()
     from refunds r where r.refund_id = $1 and p.order_id = r.order_id and p.attempt = r.attempt
       and p.state = 'captured'
     returning p.order_id`,
  ),
  giveSeats: statement(
    "refund-give-seats",
    `${proposeSeats}
     select s.performance_id, s.seat,
       case r.seats_go when 'withheld' then 'withheld' else 'free' end, 1, null, null, null, null, null
     from refunds r join refund_lines l using (refund_id)
     join orders o on o.order_id = l.order_id
     ${lookUp("s", "x.performance_id = o.performance_id and x.seat = l.seat")}
     where r.refund_id = $1 and s.state = 'sold' and s.order_id = l.order_id
     order by s.performance_id, s.seat
     ${takeProposed}, ${asProposed}
     where c.state = 'sold' and c.order_id = $2
     returning ${seatColumns}`,
  ),
  leaseLeft: statement(
    "refund-lease-left",
    `select greatest(0, lease_until - now_ms())::bigint as "leftMs" from refunds where refund_id = $1`,
  ),
  nudge: statement(
    "refund-nudge",
    `update refunds set due_at = least(coalesce(due_at, now_ms()), now_ms())
     where refund_id = $1 and state <> 'refunded'`,
  ),
};

export function openRefundStore(database: Database): RefundStore {
  return {
    refundable: (orderId, freshness = now) =>
      database.read(freshness, (from) => refundable(from, orderId)),
    request: (wanted) => requestRefund(database, wanted),
    async find(refundId, freshness = now) {
      const [row] = await database.read(freshness, (from) => readRefunds(from, [refundId]));
      return row && toRefund(row);
    },
    async ofOrder(orderId, freshness = now) {
      const rows = await database.read(freshness, (from) =>
        from.rows<RefundRow>(refundReads.byOrder, [orderId]),
      );
      return rows.map(toRefund);
    },
    lease: ({ limit, leaseMs, refundId }) =>
      database.transaction(async (tx) => {
        const taken = await tx.rows<{ refundId: RefundId }>(
          refundId === undefined ? sql.leaseDue : sql.leaseOne,
          [refundId ?? limit, leaseMs],
        );
        const rows = await readRefunds(
          tx,
          taken.map((row) => row.refundId),
        );
        return rows.map(toLeased);
      }),
    async record({ refund, leaseToken }, change) {
      const { refundId, state, version } = refund;
      assert(mayRefundMove(state, change.state), `refund ${refundId}: ${state} to ${change.state}`);
      return await database.transaction(async (tx) => {
        const moved = await tx.rows(sql.record, [
          refundId,
          leaseToken,
          version,
          change.state,
          change.stuckBecause ?? null,
          // With the lease kept its holder may die: then it is due as soon as the lease has lapsed.
          change.dueAt ?? (change.keepLease ? 0 : null),
          change.keepLease ?? false,
        ]);
        const [row] = moved.length === 0 ? [] : await readRefunds(tx, [refundId]);
        return row
          ? { kind: "recorded" as const, refund: toRefund(row) }
          : { kind: "lost" as const };
      });
    },
    settle: (held, by) => database.transaction((tx) => settle(tx, held, by)),
    async standing(refundId) {
      const [row] = await readRefunds(database, [refundId]);
      assert(row !== undefined, `refund ${refundId} is there`);
      return { paidBack: row.paidBack, othersOpen: row.othersOpen };
    },
    async leaseLeftMs(refundId) {
      const [row] = await database.rows<{ leftMs: number }>(sql.leaseLeft, [refundId]);
      return row?.leftMs ?? 0;
    },
    async nudge(refundId) {
      await database.rows(sql.nudge, [refundId]);
    },
  };
}

async function settle(
  tx: Runner,
  { refund, leaseToken }: LeasedRefund,
  by: Settlement | undefined,
): ReturnType<RefundStore["settle"]> {
  const { refundId, orderId, version, state } = refund;
  assert(mayRefundMove(state, "refunded"), `refund ${refundId}: ${state} to refunded`);
  const owed = await tx.rows(sql.settle, [
    refundId,
    leaseToken,
    version,
    by?.how === "elsewhere" ? "elsewhere" : "provider",
    by?.reason ?? null,
  ]);
  if (owed.length === 0) return { kind: "lost" };
  if (by?.how !== "elsewhere") {
    const paid = await tx.rows(sql.paidBack, [refundId]);
    assert(paid.length === 1, `refund ${refundId} is of a captured payment`);
  }
  const seats = await tx.rows<SeatRow>(sql.giveSeats, [refundId, orderId]);
  const [row] = await readRefunds(tx, [refundId]);
  assert(row !== undefined, "a refund that was settled can be read");
  return { kind: "settled", refund: toRefund(row), truths: bySeat(seats).map(toTruth) };
}
