// The durable side of the line: what must survive a wiped hot store. Serving and the high-water mark
// are written before they are published or used (Q7, Q1); an admission is one row per entry (Q6),
// entered once (single use of the admission token).

import type { Identity } from "../domain/waiting-room/identity.ts";
import type { EntryId, OnSaleId } from "../foundation/ids.ts";
import type { QueueScope, StaleEpoch } from "./queue-store.ts";

export type Checkpoint = {
  epoch: number;
  serving: number;
  highWaterMark: number;
  leaderFence: number;
  admissionEpoch: number;
  cohort: number | undefined;
};

export type Admission = {
  admissionId: string;
  onSaleId: OnSaleId;
  entryId: EntryId;
  index: number;
  position: number;
  claimedAt: number;
  /** Until when the place in the shop is kept. */
  deadline: number;
  enteredAt: number | undefined;
  endedAt: number | undefined;
  /** Whose it is, where the on-sale asks for it, and which of the identity's places it used, from 1. */
  identity?: Identity & { use: number };
};
/** @property identity an admission that is asked for does not know its use yet. */
export type NewAdmission = Omit<Admission, "enteredAt" | "endedAt" | "identity"> & {
  identity?: Identity | undefined;
};

export type LineRecords = {
  checkpoint(onSaleId: OnSaleId): Promise<Checkpoint>;
  /**
   * Raises the mark to at least `to`; answers the mark in force. Only under the epoch in force: whoever
   * still believes a line that was rebuilt since must not hand out what the new one hands out.
   */
  raiseMark(scope: QueueScope, to: number): Promise<{ kind: "raised"; mark: number } | StaleEpoch>;
  /** Takes or renews the lead of pacing. The fence rises with every change of leader. */
  lead(
    onSaleId: OnSaleId,
    leader: string,
    leaseMs: number,
  ): Promise<{ kind: "leading"; fence: number } | { kind: "following" }>;
  /** Gives the lead up, so that another takes it at once; whoever does not have it changes nothing. */
  resign(onSaleId: OnSaleId, leader: string): Promise<void>;
  /** Moves serving up; a lower fence than recorded is refused, a lower serving changes nothing. */
  serve(
    onSaleId: OnSaleId,
    serving: number,
    fence: number,
  ): Promise<{ kind: "served"; serving: number } | { kind: "stale-leader" }>;
  /**
   * Fixes cohort and reveals the seed, in one step, once. Repeating it answers what was fixed. Throws
   * the fault `on-sale-over` where it cannot be opened, by a leader's old fence or for good.
   */
  open(
    onSaleId: OnSaleId,
    cohort: number,
    leaderFence?: number,
  ): Promise<{ cohort: number; seed: string; admissionEpoch: number }>;
  /** A new epoch for a rebuild, under the rebuilder's lock. */
  nextEpoch(onSaleId: OnSaleId): Promise<number>;
  /**
   * One row per entry: a repeat answers the first. Of an identity never more rows than it has places:
   * one that stood in line more often (it can, around a wiped hot store) is let in no more often.
   */
  admit(
    admission: NewAdmission,
  ): Promise<{ kind: "admitted"; admission: Admission } | { kind: "identity-spent" }>;
  /** Single use: the first nonce wins, and may repeat. */
  enter(
    admissionId: string,
    nonceHash: string,
    deadline: number,
  ): Promise<
    { kind: "entered"; admission: Admission } | { kind: "replayed" | "unknown" | "ended" }
  >;
  admission(admissionId: string): Promise<Admission | undefined>;
  /** Moves the deadline up; never down, and never of an admission that has ended. */
  extend(onSaleId: OnSaleId, entryId: EntryId, deadline: number): Promise<void>;
  end(onSaleId: OnSaleId, entryId: EntryId): Promise<void>;
  /** Everyone ever admitted, in pages, for the rebuilder and the checks. */
  admissions(onSaleId: OnSaleId): AsyncIterable<Admission[]>;
};
