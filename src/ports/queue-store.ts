// The line of one on-sale, as the gateway and the pacer need it. Soft state: everything here can be
// rebuilt from queue tokens (in the fans' hands) and PostgreSQL (serving, high-water mark, admissions).
//
// Keeps Q1 (an index is handed out once), Q4 (turns + shoppers never exceed what the pacer asked for),
// Q6 (one admission per entry) and "absence never means free": every call names the epoch that it
// expects, and a store with another or none answers `stale-epoch` and writes nothing.
//
// Every call is safe to repeat: a client may retry a call whose reply was lost.
// `now` (ms since 1970) is for tests; without it the store's own clock counts.
// Read next: seat-store.ts, then the conformance cases in test/conformance.

import type { Identity } from "../domain/waiting-room/identity.ts";
import type { EntryId, OnSaleId } from "../foundation/ids.ts";

export type QueueScope = { onSaleId: OnSaleId; epoch: number };
export type StaleEpoch = { kind: "stale-epoch" };
export type At = { now?: number };

export type JoinRequest = {
  entryId: EntryId;
  /**
   * Whom the place is for, where the on-sale asks for it. With one place: the same identity, the same
   * place. With more: one for each entry, counted here. PostgreSQL counts again at the admission, because
   * a rebuilt line knows only those that were admitted.
   */
  identity?: Identity;
  /** Whose share a new place is taken from: the network that the fan calls from. */
  network?: string;
};
/** New places that one network gets in a span of time; the spans follow each other without overlap. */
export type NetworkShare = { joins: number; spanMs: number };
/**
 * How often one entry is answered in a span of time: its repeated joins and its claims together, over all
 * processes; the spans follow each other without overlap. A first join costs nothing of it.
 */
export type EntryShare = { asks: number; spanMs: number };
export type JoinReply =
  | { kind: "joined"; entryId: EntryId; index: number }
  /** This entry (or this identity, under another entry id) already has a place: that one. */
  | { kind: "known"; entryId: EntryId; index: number }
  /** The allocator stands at the durable high-water mark; raise it, then ask again. */
  | { kind: "mark-reached" }
  /** Every place of the identity is somebody's: nothing was given. */
  | { kind: "identity-full" }
  /** The network has had its share of this span: nothing was given, and the next span begins then. */
  | { kind: "network-full"; retryMs: number }
  | AskedTooOften;
/** The entry has had its share of this span: nothing was changed, and the next span begins then. */
export type AskedTooOften = { kind: "asked-too-often"; retryMs: number };

export type JoinOptions = At & {
  highWaterMark: number;
  /** undefined: networks are not counted. */
  networkShare?: NetworkShare;
  /** undefined: entries are not counted. */
  entryShare?: EntryShare;
};

export type CheckIn = {
  entryId: EntryId;
  index: number;
  /** undefined while the draw has not happened. */
  position: number | undefined;
};
export type CheckInReply =
  | { kind: "waiting" }
  /** Served while absent: is next, ordered by position, at the coming tick. */
  | { kind: "returned" }
  | { kind: "turn"; claimBy: number }
  | { kind: "admitted" }
  /** The admission was used and has ended; the place is spent. */
  | { kind: "ended" };

export type OfferTurns = {
  /** Names the tick: the last one repeated gives the same reply and no turn twice. */
  requestId?: string;
  /** Fence of the pacing leader; a lower one than seen before is refused. */
  leaderFence: number;
  /** How many turns to give at most. 0 only lapses what is due. */
  take: number;
  /**
   * Where the pacer believes serving to stand. Behind the store (a lost reply, a new leader): no turn
   * is given, and the reply tells where it stands.
   */
  serving: number;
  /** Indexes behind the positions from `serving` on, in order of position. */
  candidates: readonly number[];
  claimWindowMs: number;
};
export type Turn = { entryId: EntryId; index: number; position: number; claimBy: number };
export type OfferTurnsReply =
  | StaleEpoch
  | { kind: "stale-leader" }
  /** `serving`: one past the last position examined. Absent entries are passed, and keep their place. */
  | { kind: "offered"; serving: number; turns: Turn[]; counts: QueueCounts };

export type Claim = {
  entryId: EntryId;
  index: number;
  position: number;
  /** Proposed by the caller; the first claim's stays. */
  admissionId: string;
  /** Until when the place in the shop is kept for the fan to enter, ms since 1970. */
  deadline: number;
};
export type ClaimReply =
  | StaleEpoch
  | { kind: "claimed"; admissionId: string; deadline: number }
  /** Claimed before (a repeat, another tab, a lost reply): the same admission. */
  | { kind: "already"; admissionId: string; deadline: number }
  /** No turn is open for this entry: it is checked in and next at the coming tick. */
  | { kind: "no-turn" }
  | { kind: "ended" }
  | AskedTooOften;

/** An admission as PostgreSQL has it. */
export type KnownAdmission = {
  entryId: EntryId;
  index: number;
  admissionId: string;
  deadline: number;
};

export type QueueCounts = {
  /** Indexes handed out so far (the next index). */
  joined: number;
  /** Entries in the line: neither with a turn, nor in the shop, nor ended. The returned are among them. */
  waiting: number;
  /** Served while absent and now back: next at the coming tick. */
  returned: number;
  /** Open turns. */
  turns: number;
  /** Admitted fans whose deadline has not passed. */
  shoppers: number;
};

export type RestoreQueue = {
  serving: number;
  /** First index that may be handed out: above the durable high-water mark. */
  nextIndex: number;
  leaderFence: number;
  /** Everyone ever admitted; `deadline` undefined: the shop session has ended. */
  admissions: readonly {
    entryId: EntryId;
    index: number;
    position: number;
    admissionId: string;
    deadline: number | undefined;
    /** Whose admission it was, and which of its places, from 1. */
    identity?: Identity & { use: number };
  }[];
};

export type QueueStore = {
  /** Gives each request its place, in the order of the list. */
  join(
    scope: QueueScope,
    requests: readonly JoinRequest[],
    options: JoinOptions,
  ): Promise<StaleEpoch | { kind: "ok"; replies: JoinReply[] }>;

  /** Marks entries present for `presenceMs`, and puts back into the line whoever the store has lost. */
  checkIn(
    scope: QueueScope,
    entries: readonly CheckIn[],
    options: At & { presenceMs: number },
  ): Promise<StaleEpoch | { kind: "ok"; replies: CheckInReply[] }>;

  /**
   * One admission tick: lapses turns and shoppers past their deadline (a lapsed turn is no loss of
   * place: the entry counts as absent), then gives up to `take` turns, first to the returned in order
   * of position, then to the candidates that are present.
   */
  offerTurns(scope: QueueScope, request: OfferTurns, options?: At): Promise<OfferTurnsReply>;

  /** Turns an open turn into an admission, once per entry. */
  claim(
    scope: QueueScope,
    claim: Claim,
    options?: At & { presenceMs?: number; entryShare?: EntryShare },
  ): Promise<ClaimReply>;

  /**
   * Brings in an admission that PostgreSQL has, when its fan enters: the store may have lost it between
   * the claim and its becoming durable, and a rebuild in that moment does not find it. Whoever it is, in
   * the line or unknown, is a shopper until the deadline. Never revives an ended one.
   */
  admit(
    scope: QueueScope,
    admission: KnownAdmission,
    options?: At,
  ): Promise<StaleEpoch | { kind: "active"; deadline: number } | { kind: "ended" }>;

  /** Moves a shopper's deadline (holding, ordering). Never revives an ended one. */
  touch(
    scope: QueueScope,
    shopper: { entryId: EntryId; deadline: number },
    options?: At,
  ): Promise<StaleEpoch | { kind: "active"; deadline: number } | { kind: "ended" }>;

  /** Whether the entry may shop now. Reads only. */
  shopper(
    scope: QueueScope,
    entryId: EntryId,
    options?: At,
  ): Promise<StaleEpoch | { kind: "active"; deadline: number } | { kind: "ended" }>;

  /** Frees a shopper's place at once (bought, left, revoked). Repeating it changes nothing. */
  leave(scope: QueueScope, entryId: EntryId): Promise<StaleEpoch | { kind: "left" }>;

  counts(scope: QueueScope, options?: At): Promise<StaleEpoch | ({ kind: "ok" } & QueueCounts)>;

  /**
   * The rebuilder's: replaces whatever is there and only then sets the epoch. With an epoch that is in
   * force already, or an older one, it changes nothing: a repeated restore must not undo what came since.
   */
  restore(scope: QueueScope, truth: RestoreQueue): Promise<void>;
};
