// The intent of a refund: its row, its lines, and the end of the tickets, in one transaction, so that a
// kill finds either nothing or a refund that a worker will finish. The order's row is locked first, then
// the tickets': a scan at a gate and a transfer lock a ticket too, and come before or after.
//
// Keeps S8 (a seat once, by the key of refund_lines), S9 (amounts of the order's own lines), M1 and M4:
// whoever holds a ticket that was given to them is told in the same transaction that it has ended.

import { assert } from "../../../foundation/assert.ts";
import type { OrderId, SeatNumber, TicketId } from "../../../foundation/ids.ts";
import type { RefundId } from "../../../foundation/after-sale-ids.ts";
import type {
  NewRefund,
  RefundableLine,
  RefundRefusal,
  RefundStore,
} from "../../../ports/tickets/refund-store.ts";
import { type Database, type Runner, statement } from "../database.ts";
import { readRefunds, toRefund } from "./refund-rows.ts";

const sql = {
  byKey: statement(
    "refund-by-key",
    `select refund_id as "refundId", body_hash as "bodyHash" from refunds
     where order_id = $1 and idempotency_key = $2`,
  ),
  lockOrder: statement(
    "refund-lock-order",
    `select o.state, o.attempt, p.state as payment from orders o
     left join payments p on p.order_id = o.order_id and p.attempt = o.attempt
     where o.order_id = $1 for update of o`,
  ),
  lockTickets: statement(
    "refund-lock-tickets",
    `select ticket_id from tickets where order_id = $1 and state = 'live'
     order by ticket_id for update`,
  ),
  refundable: statement(
    "refund-refundable",
    `select l.seat, l.amount as price, t.ticket_id as "ticketId",
       t.transfer_id is not null as "givenAway",
       exists (select 1 from check_ins c where c.ticket_id = t.ticket_id and c.let_in) as "checkedIn",
       r.refund_id as "refundId"
     from order_lines l
     left join tickets t on t.order_id = l.order_id and t.seat = l.seat and t.state = 'live'
     left join refund_lines r on r.order_id = l.order_id and r.seat = l.seat
     where l.order_id = $1 order by l.seat`,
  ),
  make: statement(
    "refund-make",
    `with picked as (
       select l.order_id, l.seat, t.ticket_id, least(l.amount, $5::bigint) as fee,
         l.amount - least(l.amount, $5::bigint) as amount
       from order_lines l
       join tickets t on t.order_id = l.order_id and t.seat = l.seat and t.state = 'live'
       where l.order_id = $2 and l.seat = any ($4::integer[])),
     made as (
       insert into refunds (refund_id, order_id, attempt, asked_by, operator_id, reason, amount, fee,
         seats_go, idempotency_key, body_hash, due_at)
       select $1, $2, $3::integer, $6, $7, $8, sum(amount)::bigint, sum(fee)::bigint, $9, $10, $11,
         now_ms()
       from picked returning refund_id),
     lines as (
       insert into refund_lines (refund_id, order_id, seat, ticket_id, amount, fee)
       select made.refund_id, p.order_id, p.seat, p.ticket_id, p.amount, p.fee from made, picked p
       returning ticket_id),
     told as (
       insert into outbox (key, topic, payload)
       select 'ticket:' || ticket_id || ':void', 'ticket-void',
         jsonb_build_object('ticketId', ticket_id)
       from lines join tickets using (ticket_id) where transfer_id is not null),
     withdrawn as (
       update ticket_transfers set state = 'withdrawn'
       where state = 'offered' and ticket_id in (select ticket_id from lines))
     update tickets set state = 'revoked' where ticket_id in (select ticket_id from lines)
     returning ticket_id`,
  ),
};

type LineRow = Omit<RefundableLine, "ticketId" | "refundId"> & {
  ticketId: TicketId | null;
  refundId: RefundId | null;
};
type Reply = Awaited<ReturnType<RefundStore["request"]>>;

export async function refundable(
  runner: Pick<Runner, "rows">,
  orderId: OrderId,
): Promise<RefundableLine[]> {
  const rows = await runner.rows<LineRow>(sql.refundable, [orderId]);
  return rows.map(({ ticketId, refundId, ...row }) => ({
    ...row,
    ticketId: ticketId ?? undefined,
    refundId: refundId ?? undefined,
  }));
}

export async function requestRefund(database: Database, wanted: NewRefund): Promise<Reply> {
  return await database.transaction(async (tx): Promise<Reply> => {
    const { orderId, refundId, by } = wanted;
    const [order] = await tx.rows<{ state: string; attempt: number; payment: string | null }>(
      sql.lockOrder,
      [orderId],
    );
    // Under the order's lock, so that two requests of one key are one.
    const known = await findByKey(tx, wanted);
    if (known !== undefined) return known;
    if (order?.state !== "confirmed" || order.payment !== "captured")
      return { kind: "refused", reason: "not-confirmed", seats: [] };
    await tx.rows(sql.lockTickets, [orderId]);
    const picked = pick(await refundable(tx, orderId), wanted);
    if (picked.kind === "refused") return picked;
    const ended = await tx.rows(sql.make, [
      refundId,
      orderId,
      order.attempt,
      picked.seats,
      wanted.feePerTicket,
      by.kind,
      by.kind === "operator" ? by.operatorId : null,
      wanted.reason,
      wanted.seatsGo,
      wanted.idempotencyKey,
      wanted.bodyHash,
    ]);
    assert(ended.length === picked.seats.length, `refund ${refundId} ends each of its tickets`);
    const [made] = await readRefunds(tx, [refundId]);
    assert(made !== undefined, "a refund that was made can be read");
    return { kind: "requested", refund: toRefund(made) };
  });
}

async function findByKey(
  tx: Runner,
  { orderId, idempotencyKey, bodyHash }: NewRefund,
): Promise<Reply | undefined> {
  const [known] = await tx.rows<{ refundId: RefundId; bodyHash: string }>(sql.byKey, [
    orderId,
    idempotencyKey,
  ]);
  if (known === undefined) return undefined;
  if (known.bodyHash !== bodyHash) return { kind: "mismatch" };
  const [row] = await readRefunds(tx, [known.refundId]);
  assert(row !== undefined, "a refund that was found can be read");
  return { kind: "repeated", refund: toRefund(row) };
}

type Picked =
  | { kind: "picked"; seats: SeatNumber[] }
  | { kind: "refused"; reason: RefundRefusal; seats: SeatNumber[] };

function pick(lines: readonly RefundableLine[], { seats, by }: NewRefund): Picked {
  const live = lines.filter(({ ticketId }) => ticketId !== undefined);
  const asked = seats === "all" ? live : live.filter(({ seat }) => seats.includes(seat));
  const missing =
    seats === "all" ? [] : seats.filter((seat) => !asked.some((l) => l.seat === seat));
  if (asked.length === 0 || missing.length > 0)
    return { kind: "refused", reason: "not-valid", seats: missing };
  const wrong = by.kind === "fan" ? asked.filter((line) => whyFanMayNot(line) !== undefined) : [];
  const reason = wrong[0] && whyFanMayNot(wrong[0]);
  if (reason !== undefined)
    return { kind: "refused", reason, seats: wrong.map(({ seat }) => seat) };
  return { kind: "picked", seats: asked.map(({ seat }) => seat) };
}

function whyFanMayNot({ givenAway, checkedIn }: RefundableLine): RefundRefusal | undefined {
  if (givenAway) return "given-away";
  return checkedIn ? "checked-in" : undefined;
}
