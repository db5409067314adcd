// The shapes of the waiting fan: what the waiting page knows, what can happen to it, and what it is
// told to do. Only types here; the rules are in waiting.ts. Everything is plain, immutable and
// serialisable, so a page can be shown, tested or replayed in any state without a network.

import type { EntryId } from "../foundation/ids.ts";
import type { ClaimResult, Frontier, Joined, Status } from "./contract.ts";

/** What the page shows. In every one of them the place, once given, is kept. */
export type WaitingKind =
  /** Nothing is known of the on-sale yet. */
  | "loading"
  /** The line is not open yet: count down to `frontier.preQueueAt`. */
  | "scheduled"
  | "joining"
  /** In before the opening; the draw will give the position. */
  | "pre-queue"
  | "waiting"
  /** At most `frontier.poll.near` people ahead: stay here. */
  | "near"
  /** Called, and the shop is making room: the claim is repeated at `claimAt`. */
  | "your-turn"
  | "claiming"
  /** `admission` is there: enter before `admission.expiresAt`. */
  | "admitted"
  /** The network is there and the platform does not answer. */
  | "reconnecting"
  /** The browser says that there is no network. */
  | "offline"
  | "paused"
  | "sold-out"
  | "closed"
  /** `problem` says why; only the fan can start again. */
  | "failed";

export type AdmittedClaim = Extract<ClaimResult, { kind: "admitted" }>;

/** What must survive a closed tab: written to the browser's store at each `persist`. */
export type KeptPlace = {
  readonly entryId: EntryId;
  readonly queueToken: string | undefined;
  readonly index: number | undefined;
  readonly position: number | undefined;
};

/** Instants are ms since 1970 by the page's clock (`now` of `step`), except those in `frontier`. */
export type WaitingFan = KeptPlace & {
  readonly kind: WaitingKind;
  readonly frontier: Frontier | undefined;
  readonly admission: AdmittedClaim | undefined;
  /** A code of problems.ts; set in `failed`. */
  readonly problem: string | undefined;
  readonly told: string | undefined;
  readonly online: boolean;
  readonly stream: "closed" | "opening" | "open";
  readonly streamAt: number;
  /** Failed polls and streams in a row. */
  readonly failures: number;
  readonly join: "none" | "in-flight" | "due";
  readonly joinAt: number;
  /** The token was refused once and the entry joined anew with the same id. */
  readonly rejoined: boolean;
  readonly claim: "none" | "in-flight";
  readonly claimAt: number;
  /** When the platform was last heard. */
  readonly heardAt: number;
  /** This fan's own spread in time, uniform in [0, 1). */
  readonly jitter: number;
};

/** Each `join`, `claim`, `open-stream` and `poll-after` effect is answered by exactly one event. */
export type WaitingInput =
  | { readonly kind: "frontier"; readonly frontier: Frontier }
  | { readonly kind: "joined"; readonly joined: Joined }
  /** `told`: the problem's own words, in the page's language. */
  | {
      readonly kind: "join-failed";
      readonly problem: string;
      readonly retryable: boolean;
      readonly told?: string;
    }
  | { readonly kind: "stream-open" }
  | { readonly kind: "stream-lost"; readonly afterMs?: number }
  | { readonly kind: "poll-ok"; readonly status: Status }
  | { readonly kind: "poll-failed" }
  /** The page computed the own position from the revealed draw (draw-check.ts). */
  | { readonly kind: "placed"; readonly position: number }
  | { readonly kind: "claim-ok"; readonly admission: AdmittedClaim }
  | { readonly kind: "claim-wait"; readonly retryMs: number }
  | { readonly kind: "claim-failed"; readonly problem: string; readonly retryable: boolean }
  /** The answer to what was being asked for: this one event, and no other. */
  | { readonly kind: "token-invalid"; readonly during: "poll" | "stream" | "claim" }
  | { readonly kind: "online" }
  | { readonly kind: "offline" }
  /** About once a second. */
  | { readonly kind: "tick" };

export type WaitingEffect =
  | { readonly kind: "join"; readonly entryId: EntryId }
  | { readonly kind: "open-stream"; readonly queueToken: string }
  | { readonly kind: "close-stream" }
  /** Ask for the status (the frontier, while there is no token); replaces an earlier `poll-after`. */
  | { readonly kind: "poll-after"; readonly ms: number }
  | { readonly kind: "claim"; readonly queueToken: string }
  | { readonly kind: "persist"; readonly place: KeptPlace };

export type WaitingStep = {
  readonly state: WaitingFan;
  readonly effects: readonly WaitingEffect[];
};
