// The waiting page's calls. Each becomes exactly one WaitingInput, whatever the network does; nothing
// here decides anything. The queue token travels in the Authorization header, never in an address.

import type { EntryId, OnSaleId } from "../../../foundation/ids.ts";
import type {
  ClaimResult,
  Frontier,
  JoinBody,
  JoinChallengeView,
  Joined,
  OnSaleView,
  Status,
} from "../../../wire/contract.ts";
import type { Problem } from "../../../wire/problems.ts";
import { solveChallenge } from "../../../wire/solve-challenge.ts";
import type { WaitingInput } from "../../../wire/waiting-state.ts";
import { routePattern } from "../../route-pattern.ts" with { type: "macro" };
import { onSaleAddress } from "../../site-config.ts";

const patienceMs = 15_000;

type Refused = { ok: false; status: number; code: string; title: string };
type Answer<T> = { ok: true; value: T } | Refused;
/** What an on-sale may ask for before it gives a place, as far as this browser has it. */
export type Proof = Pick<JoinBody, "code" | "identity">;

export type Calls = ReturnType<typeof callsFor>;

export function callsFor(onSaleId: OnSaleId) {
  async function ask<T>(pattern: string, init: RequestInit = {}): Promise<Answer<T>> {
    try {
      const response = await fetch(onSaleAddress(pattern, onSaleId), {
        ...init,
        cache: "no-cache",
        signal: AbortSignal.timeout(patienceMs),
      });
      if (response.ok) return { ok: true, value: (await response.json()) as T };
      const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
      const { code = "", title = "" } = problem;
      return { ok: false, status: response.status, code, title };
    } catch {
      return { ok: false, status: 0, code: "", title: "" };
    }
  }

  return {
    async describe(): Promise<OnSaleView | undefined> {
      const answer = await ask<OnSaleView>(routePattern("onSale"));
      return answer.ok ? answer.value : undefined;
    },

    async join(entryId: EntryId, proof: Proof): Promise<WaitingInput> {
      // Refused for the proof, the fan reads the answer's own words, in the page's language. Without a content type of its own a page from a CDN needs no preflight for it.
      const post = (body: JoinBody) =>
        ask<Partial<Joined> & Partial<JoinChallengeView>>(routePattern("join"), {
          method: "POST",
          body: JSON.stringify({ ...proof, ...body }),
          headers: { "accept-language": document.documentElement.lang },
        });
      let answer = await post({ entryId });
      if (answer.ok && answer.value.challenge) {
        const { challenge, work } = answer.value;
        answer = await post({ entryId, challenge, nonce: await solveChallenge(challenge, work) });
      }
      if (answer.ok && answer.value.queueToken) {
        return { kind: "joined", joined: answer.value as Joined };
      }
      // A challenge again: the first grew too old on its way. And the phase may have moved between the
      // frontier and the join: the next frontier tells.
      const retryable = answer.ok || mayPass(answer.status) || answer.code.startsWith("queue-");
      const { code: problem, title: told } = answer.ok ? { code: "", title: "" } : answer;
      return { kind: "join-failed", problem, told, retryable };
    },

    /** The status with a token, the public frontier without. */
    async poll(queueToken: string | undefined): Promise<WaitingInput> {
      if (queueToken === undefined) {
        const answer = await ask<Frontier>(routePattern("frontier"));
        if (answer.ok) return { kind: "frontier", frontier: answer.value };
        if (answer.status !== 404) return { kind: "poll-failed" };
        return { kind: "join-failed", problem: "not-found", retryable: false };
      }
      const answer = await ask<Status>(routePattern("status"), { headers: bearer(queueToken) });
      if (answer.ok) return { kind: "poll-ok", status: answer.value };
      if (answer.status === 401) return { kind: "token-invalid", during: "poll" };
      return { kind: "poll-failed" };
    },

    async claim(queueToken: string): Promise<WaitingInput> {
      const answer = await ask<ClaimResult>(routePattern("claim"), {
        method: "POST",
        headers: bearer(queueToken),
      });
      if (answer.ok) return claimed(answer.value);
      if (answer.status === 401) return { kind: "token-invalid", during: "claim" };
      return { kind: "claim-failed", problem: answer.code, retryable: answer.status !== 410 };
    },
  };
}

export function claimed(result: ClaimResult): WaitingInput {
  switch (result.kind) {
    case "admitted":
      return { kind: "claim-ok", admission: result };
    case "wait":
      return { kind: "claim-wait", retryMs: result.retryMs };
    case "ended":
      return { kind: "claim-failed", problem: "shop-session-ended", retryable: false };
  }
}

export const bearer = (queueToken: string) => ({ authorization: `Bearer ${queueToken}` });

/** No answer, too many, or their fault: the same call may succeed later. */
const mayPass = (status: number) => status === 0 || status === 429 || status >= 500;
