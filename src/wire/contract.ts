// What goes over HTTP between the pages, the gateway and the box office: shapes only, no code, so
// that the waiting page stays small. Amounts are integers in minor units (₩1 = 1, $1 = 100), instants
// are ms since 1970, and every answer that shows a countdown carries the server's `now`.
// Errors are problems (RFC 9457): problems.ts. Routes: routes.ts.

import type { OrderState } from "../domain/ordering/order.ts";
import type { Money } from "../domain/ordering/price.ts";
import type { Frontier, Phase } from "../domain/waiting-room/frontier.ts";
import type {
  EntryId,
  HoldId,
  OnSaleId,
  OrderId,
  PerformanceId,
  SeatNumber,
  TicketId,
} from "../foundation/ids.ts";
import type { AccentShades } from "./accent-shades.ts";
import type { RefundId } from "../foundation/after-sale-ids.ts";

export type { AccentShades, Frontier, Money, OrderState, Phase };
export type { OverviewSection, PlanOverview, SectionSeats } from "../domain/seating/plan-view.ts";
export type Locale = "ko" | "en";
export type Words = { ko: string; en: string };

// ── gateway ────────────────────────────────────────────────────────────────────────────────────

/** Without an answered challenge the answer is one to come back with, and no place is given yet. */
export type JoinBody = {
  entryId: EntryId;
  challenge?: string;
  nonce?: string;
  /** Where the on-sale asks: a presale code; a shop's word (connector/src/origin/identity.ts). */
  code?: string | undefined;
  identity?: string | undefined;
};
export type JoinChallengeView = {
  challenge: string;
  /** Leading zero bits that SHA-256("<challenge>.<nonce>") must have; 0: no nonce is needed. */
  work: number;
};
export type Joined = {
  queueToken: string;
  entryId: EntryId;
  index: number;
  /** True where this entry had a place before. */
  known: boolean;
  frontier: Frontier;
};

/** Personal status: from the token and the frontier alone. */
export type Standing =
  | { kind: "not-drawn"; index: number; joined: number }
  | { kind: "waiting"; position: number; ahead: number }
  | { kind: "your-turn"; position: number };
export type Wait = { lowMs: number; highMs: number } | undefined;
export type Status = {
  standing: Standing;
  wait: Wait;
  nextPollMs: number;
  frontier: Frontier;
};

export type ClaimResult =
  | {
      kind: "admitted";
      admissionToken: string;
      admissionId: string;
      expiresAt: number;
      now: number;
      /** Where the browser goes to enter; the token is in it. */
      shopUrl: string;
    }
  /** Checked in; ask again after `retryMs`. */
  | { kind: "wait"; retryMs: number; now: number }
  /** The admission was used and has ended. */
  | { kind: "ended"; now: number };

/** What a shop of one's own is answered: connector/src/origin/commands.ts has the commands. */
export type OriginReply =
  | { kind: "active"; entry: EntryId; admissionId: string; shopUntil: number; now: number }
  | { kind: "ended"; now: number }
  /** Entered before, with another nonce. */
  | { kind: "used"; now: number };

/** Live stream (SSE over fetch, queue token in the Authorization header): event names and payloads. */
export type LiveEvents = {
  /** The frontier's bytes, the same for all. */
  waiting: Frontier;
  /** Personal, sent once; then the stream ends. */
  admitted: Extract<ClaimResult, { kind: "admitted" }>;
  /** The server is going away or sheds load: reconnect after `afterMs`. */
  reconnect: { afterMs: number };
};

// ── box office ─────────────────────────────────────────────────────────────────────────────────

export type Category = { key: string; name: Words; color: string; price: Money };
export type OnSaleView = {
  onSaleId: OnSaleId;
  performance: {
    performanceId: PerformanceId;
    name: Words;
    venue: Words;
    startsAt: number;
    timeZone: string;
  };
  phase: Phase;
  paused: boolean;
  preQueueAt: number;
  opensAt: number;
  closesAt: number;
  planHash: string;
  seatCount: number;
  categories: Category[];
  /** Of the organiser's colour, with what can be read on it and on paper. */
  accent: AccentShades;
  seatsPerHold: number;
  seatsPerFan: number;
  currency: string;
};

export type EnterBody = {
  admissionToken: string;
  /** Made by the page, 16–64 characters: a repeat with the same nonce is the same entering, not a replay. */
  nonce: string;
};
export type Entered = { onSaleId: OnSaleId; shopUntil: number; now: number };

export type HoldBody = {
  seats?: SeatNumber[];
  /** Places in standing areas. */
  areas?: { area: string; count: number }[];
  bestAvailable?: { count: number; category?: string; section?: string };
};
export type HeldSeat = {
  seat: SeatNumber;
  category: string;
  section: string;
  row: string;
  label: string;
  price: Money;
};
export type HoldView = {
  holdId: HoldId;
  seats: HeldSeat[];
  total: Money;
  deadline: number;
  /** The deadline cannot be moved beyond this. */
  extendableUntil: number;
  paying: boolean;
  now: number;
};

export type OrderBody = {
  holdId: HoldId;
  buyer: { name: string; email: string; locale: Locale };
  /** The provider's token for the card; card numbers never reach us. */
  paymentMethod: string;
};
export type OrderView = {
  orderId: OrderId;
  onSaleId: OnSaleId;
  state: OrderState;
  version: number;
  attempt: number;
  seats: HeldSeat[];
  total: Money;
  /** Until when the seats are kept, where they are held for this order. */
  deadline: number | undefined;
  /** Where the fan must go to prove the payment, in `requires-action`. */
  actionUrl: string | undefined;
  /** When it last changed: for one that has ended, when that was. */
  endedAt: number;
  /** Why the last attempt failed, in `draft`; why it ended, in `cancelled`. */
  reason: string | undefined;
  tickets: TicketView[];
  /** What was given back of a confirmed order, oldest first. */
  refunds: RefundView[];
  /** Where the on-sale lets a fan give tickets back: until when, and what is kept of each. */
  givingBack: { until: number; fee: number } | undefined;
  /** Of a confirmed order: stands for the buyer in what follows the sale, also without a shop session. */
  buyerCode: string | undefined;
  /** Where its money came too late: the way back to the front of the line, once. */
  priority: { token: string; until: number } | undefined;
  now: number;
};
/** `stopped`: a person sees to it. */
export type RefundView = {
  refundId: RefundId;
  state: "under-way" | "done" | "stopped";
  seats: SeatNumber[];
  amount: Money;
  /** Kept, in minor units. */
  fee: number;
  requestedAt: number;
};
/** With the buyer's code; no address that is logged has it. */
export type BuyerBody = { buyer: string };
export type GiveBackBody = BuyerBody & { seats: SeatNumber[] };
export type GiveBackPreview = { amount: Money; fee: number; until: number; now: number };
/** `url` is the holder's own address of the ticket. `revoked`: given away, or paid back. */
export type TicketView = {
  ticketId: TicketId;
  seat: HeldSeat;
  code: string;
  url: string;
  state: "live" | "revoked";
};

/** What a ticket's page shows; read with the ticket's own code. */
export type TicketPage = {
  ticketId: TicketId;
  state: "live" | "revoked";
  performance: { name: Words; venue: Words; startsAt: number; timeZone: string };
  seat: { ko: HeldSeat; en: HeldSeat };
  qrSvg: string;
};

/** What a holder may do with a ticket; read and done with the holder's code. */
export type HolderBody = { holder: string };
export type HoldingView = {
  ticketId: TicketId;
  state: "live" | "revoked";
  /** undefined: it may be given away. */
  keptBecause: TransferRefusal | undefined;
  /** Where it was sent to last, masked; `url` is the link that was sent. */
  offer: { to: string; expiresAt: number; url: string } | undefined;
  now: number;
};
/** Why a ticket cannot change hands. */
export type TransferRefusal =
  | "forbidden-by-sale"
  | "not-valid"
  | "checked-in"
  | "offer-open"
  | "offer-ended"
  | "too-many"
  | "too-often"
  | "begun";
export type OfferBody = HolderBody & { email: string; locale: Locale };
export type OfferedTicket = {
  performance: TicketPage["performance"];
  seat: TicketPage["seat"];
  expiresAt: number;
  now: number;
};
export type AcceptBody = {
  offer: string;
  receiver: { name: string; email: string; locale: Locale };
};
export type AcceptedTicket = { url: string };

/** Live availability (SSE over fetch): `seats` carries pairs of seat number and two-bit state. */
export type AvailabilityEvents = {
  snapshot: { version: number; seatCount: number; bitsBase64: string };
  seats: { version: number; changes: [SeatNumber, number][] };
};
