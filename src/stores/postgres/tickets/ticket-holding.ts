// Who holds a ticket, and the two ends of a transfer. Keeps S1: accepting locks the ticket, sees that
// it is live and not checked in, revokes it and issues the new one, in one transaction; a scan at a
// gate locks the same row (check-ins.ts), so either the old holder is in or the new one can be.
// The mails owed are written in the same transaction (M4).

import { createHash } from "node:crypto";
import type { TransferId } from "../../../foundation/after-sale-ids.ts";
import type { OnSaleId, PerformanceId, TicketId } from "../../../foundation/ids.ts";
import { assert } from "../../../foundation/assert.ts";
import type { Ticket } from "../../../ports/order-store.ts";
import type {
  Holding,
  Person,
  TicketHolding,
  Transfer,
} from "../../../ports/tickets/ticket-holding.ts";
import type { TransferRefusal } from "../../../wire/contract.ts";
import { type Database, type Runner, statement } from "../database.ts";

const maxOffersADay = 5;
const maxMailsAnHour = 3;

const ticketColumns = `t.ticket_id as "ticketId", t.order_id as "orderId",
  t.performance_id as "performanceId", t.seat, t.code, t.state, t.issued_at as "issuedAt"`;
const transferColumns = `transfer_id as "transferId", state, ticket_id as "ticketId",
  offered_to as "offeredTo", locale, expires_at as "expiresAt", new_ticket_id as "newTicketId"`;

const sql = {
  revoked: statement(
    "tickets-revoked",
    `select ticket_id as "ticketId" from ticket_revocations where performance_id = $1 order by id`,
  ),
  holding: statement(
    "ticket-holding",
    `select ${ticketColumns}, o.on_sale_id as "onSaleId",
       coalesce(x.receiver, o.buyer) as holder,
       exists (select 1 from check_ins c where c.ticket_id = t.ticket_id and c.let_in) as "checkedIn",
       (select count(*) from tickets h where h.order_id = t.order_id and h.seat = t.seat
          and h.transfer_id is not null) as handovers,
       f.transfer_id as "offerId", f.offered_to as "offeredTo", f.expires_at as "expiresAt"
     from tickets t join orders o using (order_id)
     left join ticket_transfers x on x.transfer_id = t.transfer_id
     left join ticket_transfers f on f.ticket_id = t.ticket_id and f.state = 'offered'
       and f.expires_at > now_ms()
     where t.ticket_id = $1`,
  ),
  transfer: statement(
    "transfer-find",
    `select ${transferColumns} from ticket_transfers where transfer_id = $1`,
  ),
  lockTicket: statement(
    "transfer-lock-ticket",
    `select ticket_id from tickets where ticket_id = $1 for update`,
  ),
  lapse: statement(
    "transfer-lapse",
    `update ticket_transfers set state = 'withdrawn'
     where ticket_id = $1 and state = 'offered' and expires_at <= now_ms()`,
  ),
  today: statement(
    "transfer-today",
    `select count(*) as offers from ticket_transfers
     where ticket_id = $1 and offered_at > now_ms() - 86400000`,
  ),
  offer: statement(
    "transfer-offer",
    `with made as (
       insert into ticket_transfers (transfer_id, ticket_id, offered_to, locale, expires_at)
       values ($1, $2, $3, $4, $5::bigint) returning transfer_id)
     insert into outbox (key, topic, payload)
     select 'transfer:' || transfer_id || ':offered', 'ticket-offered',
       jsonb_build_object('transferId', transfer_id) from made`,
  ),
  withdraw: statement(
    "transfer-withdraw",
    `update ticket_transfers set state = 'withdrawn'
     where ticket_id = $1 and state = 'offered' returning transfer_id`,
  ),
  revoke: statement(
    "transfer-revoke",
    `update tickets set state = 'revoked' where ticket_id = $1 and state = 'live'
     returning order_id as "orderId", performance_id as "performanceId", seat`,
  ),
  issue: statement(
    "transfer-issue",
    `insert into tickets (ticket_id, order_id, performance_id, seat, code, issued_at, transfer_id)
     select $2, t.order_id, t.performance_id, t.seat, $3, $4::bigint, $5
     from tickets t where t.ticket_id = $1`,
  ),
  accept: statement(
    "transfer-accept",
    `with done as (
       update ticket_transfers set state = 'accepted', receiver = $2::jsonb, new_ticket_id = $3,
         accepted_at = now_ms()
       where transfer_id = $1 and state = 'offered' returning transfer_id)
     insert into outbox (key, topic, payload)
     select 'transfer:' || transfer_id || ':' || topic, topic,
       jsonb_build_object('transferId', transfer_id)
     from done, unnest(array['ticket-received', 'ticket-given']) as topic
     returning id`,
  ),
  accepted: statement(
    "transfer-accepted",
    `select ${ticketColumns}, x.receiver = $2::jsonb as same
     from ticket_transfers x join tickets t on t.ticket_id = x.new_ticket_id
     where x.transfer_id = $1 and x.state = 'accepted'`,
  ),
  // The row is the duty and the memory of its request at once. One slot for each mail of an hour.
  again: statement(
    "ticket-again",
    `with slots as (
       select 'ticket:' || $1 || ':again:' || now_ms() / 3600000 - ago || ':' || n as key, ago, n
       from generate_series(0, 1) as ago, generate_series(1, $2::integer) as n),
     known as (
       select o.key from slots join outbox o using (key) where o.payload ->> 'request' = $3),
     made as (
       insert into outbox (key, topic, payload)
       select key, 'ticket-again', jsonb_build_object('ticketId', $1::text, 'request', $3::text)
       from slots where ago = 0 and not exists (select 1 from known)
         and not exists (select 1 from outbox o where o.key = slots.key)
       order by n limit 1
       returning key)
     select key from known union all select key from made`,
  ),
};

type HoldingRow = Ticket & {
  onSaleId: OnSaleId;
  holder: Person;
  checkedIn: boolean;
  handovers: number;
  offerId: TransferId | null;
  offeredTo: string | null;
  expiresAt: number | null;
};
type TransferRow = Omit<Transfer, "newTicketId"> & { newTicketId: TicketId | null };

const refused = (reason: TransferRefusal) => ({ kind: "refused", reason }) as const;

export function openTicketHolding(database: Database): TicketHolding {
  return {
    async revoked(performanceId: PerformanceId) {
      const rows = await database.rows<{ ticketId: TicketId }>(sql.revoked, [performanceId]);
      return rows.map(({ ticketId }) => ticketId);
    },
    holding: (ticketId) => holdingOf(database, ticketId),
    transfer: (transferId) => transferOf(database, transferId),
    offer: (offer) =>
      database.transaction(async (tx) => {
        const { transferId, ticketId, to, locale, expiresAt, maxHandovers } = offer;
        await tx.rows(sql.lockTicket, [ticketId]);
        await tx.rows(sql.lapse, [ticketId]);
        const found = await holdingOf(tx, ticketId);
        const [today] = await tx.rows<{ offers: number }>(sql.today, [ticketId]);
        const reason =
          whyKept(found) ??
          (found?.offer === undefined ? undefined : "offer-open") ??
          ((found?.handovers ?? 0) < maxHandovers ? undefined : "too-many") ??
          ((today?.offers ?? 0) < maxOffersADay ? undefined : "too-often");
        if (reason !== undefined) return refused(reason);
        await tx.rows(sql.offer, [transferId, ticketId, to, locale, expiresAt]);
        return { kind: "offered" } as const;
      }),
    withdraw: (ticketId) =>
      database.transaction(async (tx) => {
        await tx.rows(sql.lockTicket, [ticketId]);
        const rows = await tx.rows(sql.withdraw, [ticketId]);
        return { kind: rows.length > 0 ? "withdrawn" : "no-offer" } as const;
      }),
    accept: (transferId, ticket, receiver) =>
      database.transaction((tx) => accept(tx, { transferId, ticket, receiver })),
    sendAgain: (ticketId, idempotencyKey) =>
      database.transaction(async (tx) => {
        await tx.rows(sql.lockTicket, [ticketId]);
        const rows = await tx.rows(sql.again, [
          ticketId,
          maxMailsAnHour,
          createHash("sha256").update(idempotencyKey).digest("base64url"),
        ]);
        return { kind: rows.length > 0 ? "owed" : "too-often" } as const;
      }),
  };
}

type Accepting = {
  transferId: TransferId;
  ticket: Pick<Ticket, "ticketId" | "code" | "issuedAt">;
  receiver: Person;
};

async function accept(
  tx: Runner,
  { transferId, ticket, receiver }: Accepting,
): ReturnType<TicketHolding["accept"]> {
  const offered = await transferOf(tx, transferId);
  if (offered === undefined) return refused("offer-ended");
  const { ticketId } = offered;
  await tx.rows(sql.lockTicket, [ticketId]);
  const person = JSON.stringify(receiver);
  const [before] = await tx.rows<Ticket & { same: boolean }>(sql.accepted, [transferId, person]);
  if (before !== undefined) {
    const { same, ...own } = before;
    return same ? { kind: "repeated", ticket: own } : refused("offer-ended");
  }
  // Once more under the lock: it may have been withdrawn, have lapsed, or been scanned meanwhile.
  const found = await holdingOf(tx, ticketId);
  const kept = whyKept(found);
  if (kept !== undefined) return refused(kept);
  if (found?.offer?.transferId !== transferId) return refused("offer-ended");
  const [old] = await tx.rows<Pick<Ticket, "orderId" | "performanceId" | "seat">>(sql.revoke, [
    ticketId,
  ]);
  assert(old !== undefined, `ticket ${ticketId} was live under its lock`);
  await tx.rows(sql.issue, [ticketId, ticket.ticketId, ticket.code, ticket.issuedAt, transferId]);
  const owed = await tx.rows(sql.accept, [transferId, person, ticket.ticketId]);
  assert(owed.length === 2, "giver and receiver are told");
  return { kind: "accepted", ticket: { ...ticket, ...old, state: "live" } };
}

/** Why a ticket cannot change hands, whoever asks. */
function whyKept(found: Holding | undefined): TransferRefusal | undefined {
  if (found?.ticket.state !== "live") return "not-valid";
  return found.checkedIn ? "checked-in" : undefined;
}

async function holdingOf(runner: Runner, ticketId: TicketId): Promise<Holding | undefined> {
  const [row] = await runner.rows<HoldingRow>(sql.holding, [ticketId]);
  if (row === undefined) return undefined;
  const { onSaleId, holder, checkedIn, handovers, offerId, offeredTo, expiresAt, ...ticket } = row;
  const offer =
    offerId === null || offeredTo === null || expiresAt === null
      ? undefined
      : { transferId: offerId, to: offeredTo, expiresAt };
  return { ticket, onSaleId, holder, checkedIn, handovers, offer };
}

async function transferOf(runner: Runner, transferId: TransferId): Promise<Transfer | undefined> {
  const [row] = await runner.rows<TransferRow>(sql.transfer, [transferId]);
  return row && { ...row, newTicketId: row.newTicketId ?? undefined };
}
