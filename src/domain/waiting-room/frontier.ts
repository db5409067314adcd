// The frontier: the one public status document of an on-sale. The same bytes go to everybody, so it
// holds nothing personal; a fan's own situation is arithmetic on it (queue.ts). It is encoded once a
// tick and may be a second old anywhere.

import type { OnSaleId } from "../../foundation/ids.ts";

export type Phase = "scheduled" | "pre-queue" | "open" | "sold-out" | "closed";

export type Frontier = {
  onSaleId: OnSaleId;
  phase: Phase;
  paused: boolean;
  /** Server time of encoding, ms since 1970: pages count from it, never from their own clock. */
  now: number;
  preQueueAt: number;
  opensAt: number;
  closesAt: number;
  /** Every position below it has been offered a turn. Never falls (Q7). */
  serving: number;
  /** Indexes handed out so far. */
  joined: number;
  /** Entries waiting in the line. */
  waiting: number;
  /** Positions served per minute over the last minutes, low and high; undefined while unknown. */
  pacePerMin: { low: number; high: number } | undefined;
  claimWindowMs: number;
  /** What is left to buy; undefined where the organiser hides it. */
  seats: { free: number; held: number; total: number } | undefined;
  draw: {
    /** SHA-256 (hex) of the seed, published when the on-sale was created. */
    commitment: string;
    /** Revealed at the opening, hex. */
    seed: string | undefined;
    /** Number of entries that were drawn; undefined before the opening. */
    cohort: number | undefined;
  };
  /** Raising it revokes every earlier admission token. */
  admissionEpoch: number;
  /** Poll hints: at `near` people ahead or fewer every `nearMs`, else `farMs`; add jitter. */
  poll: { near: number; nearMs: number; farMs: number };
};
