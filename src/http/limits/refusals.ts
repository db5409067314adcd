// How a request that is one too many is told so: `briefly-unavailable` with a time to come back, as bytes
// that are at hand. A refusal takes its time: a browser is told to come back later than that anyway, and a
// client that comes back at once, told or not, gets no more refusals a second than it has connections.
// Where that is still much, the refusals themselves become the load: at ten times the orders, 4,000
// connections were told it 3,400 times a second. So no more than `mostPerSec` are told in a second, as
// long as none of them has to wait longer than `atLatestMs`.
//
// Who waits to be refused is a function and a language, nothing else: what would live longer than the
// garbage collector looks for is made when it is told. Beyond `mostRefusing` of them it is told at once.

import type { Bound } from "../../foundation/bounds.ts";
import { type ProblemCode, problem } from "../../wire/problems.ts";
import { type Locale, problemHeaders } from "../respond.ts";
import { takeFirst } from "./take-first.ts";

export type RefusalTimes = {
  /** 0: told at once. */
  refuseAfterMs: number;
  mostPerSec: number;
  atLatestMs: number;
  mostRefusing: number;
};

export type Refusals = {
  refuse(locale: Locale): Response | Promise<Response>;
  /** For who has waited enough already. */
  atOnce(locale: Locale): Response;
  readonly waiting: Bound;
};

/** In turns, so that those who are refused together do not come back together. */
const comeBackMs = [1_000, 2_000, 3_000, 4_000];
const code: ProblemCode = "briefly-unavailable";
/** One timer for all of them: they are told in handfuls. */
const tickMs = 25;

type Waiting = { since: number; locale: Locale; tell: (response: Response) => void };

/** @param now monotonic, in ms. */
export function openRefusals(times: RefusalTimes, now: () => number): Refusals {
  const { refuseAfterMs, mostPerSec, atLatestMs, mostRefusing } = times;
  const refusal = preparedRefusals();
  const perTick = (mostPerSec * tickMs) / 1_000;
  let refused = 0;
  const waiting: Waiting[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const tellSome = () => {
    const at = now();
    const isDue = ({ since }: Waiting, nth: number) =>
      at - since >= (nth < perTick ? refuseAfterMs : atLatestMs);
    for (const { locale, tell } of takeFirst(waiting, isDue)) tell(refusal(locale, refused++));
    timer = waiting.length > 0 ? setTimeout(tellSome, tickMs) : undefined;
  };

  return {
    atOnce: (locale) => refusal(locale, refused++),
    refuse(locale) {
      if (refuseAfterMs === 0 || waiting.length >= mostRefusing) return refusal(locale, refused++);
      return new Promise((tell) => {
        waiting.push({ since: now(), locale, tell });
        timer ??= setTimeout(tellSome, tickMs);
      });
    },
    get waiting() {
      return { size: waiting.length, limit: mostRefusing };
    },
  };
}

/** A refusal must cost less than what it refuses: its bytes and headers are made once. */
function preparedRefusals(): (locale: Locale, nth: number) => Response {
  const inLanguage = (locale: Locale) =>
    comeBackMs.map((retryAfterMs) => {
      const body = problem(code, { locale, retryAfterMs });
      return {
        bytes: new TextEncoder().encode(JSON.stringify(body)),
        init: { status: body.status, headers: new Headers(problemHeaders(body)) },
      };
    });
  const prepared = { ko: inLanguage("ko"), en: inLanguage("en") };
  return (locale, nth) => {
    const choices = prepared[locale];
    const { bytes, init } = choices[nth % choices.length] as (typeof choices)[number];
    return new Response(bytes, init);
  };
}
