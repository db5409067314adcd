// What the waiting page shows, as words and numbers: one pure function from what is known (RoomView)
// to a Picture. No DOM, no clock: every state can be looked at and tested without a browser.
// Read next: stage.ts, which puts a Picture on the page without anything jumping.

import { arrived } from "../../../domain/waiting-room/queue.ts";
import type { Frontier, OnSaleView, Wait } from "../../../wire/contract.ts";
import { formatCountdown, formatDateTime, formatNumber, formatWait } from "../../i18n/format.ts";
import type { Locale } from "../../i18n/i18n.ts";
import type { WaitingRoomWords } from "../../i18n/ko/waiting-room.ts";

export type Scene =
  | "loading"
  | "scheduled"
  | "pre-queue"
  | "waiting"
  | "returning"
  | "turn"
  /** The on-sale asks for a presale code. */
  | "code"
  /** The on-sale asks for the word of a shop that the fan did not come from. */
  | "stranger"
  | "sold-out"
  | "closed"
  | "spent"
  | "invalid"
  | "not-found"
  | "failed";

export type Notice = keyof WaitingRoomWords["notice"] | undefined;

export type RoomView = {
  scene: Scene;
  onSale: OnSaleView | undefined;
  frontier: Frontier | undefined;
  position: number | undefined;
  /** Serving position when this fan was first seen waiting: where the line's marker started. */
  servingAtStart: number;
  wait: Wait;
  /** Until when the turn can be claimed, server time. */
  claimBy: number | undefined;
  /** Why there is no place yet, in the server's words. */
  told: string;
  /** A code was shown: with it there is no second place. */
  proved: boolean;
  /** The turn has been claimed: what runs now is the time to enter the shop. */
  admitted: boolean;
  notice: Notice;
  /** True where a commitment was kept before the opening. */
  commitmentKept: boolean;
};

/** What is left out is not on the page. */
export type Picture = {
  scene: Scene;
  title: string;
  name: string;
  when: string;
  /** The one sentence. */
  next: string;
  /** The soft one below it. */
  more?: string;
  label?: string;
  hero?: string;
  unit?: string;
  /** The hero in words, for screen readers. */
  read?: string;
  /** How far the marker is along the line, 0…1. */
  share?: number;
  notice?: string;
  facts?: [term: string, value: string][];
  drawn?: string;
  drawnMore?: string;
  check?: boolean;
  enter?: boolean;
  /** The label of the field for a presale code. */
  code?: string;
  /** What the second button does. */
  again?: "retry" | "rejoin" | undefined;
  home?: boolean;
  kept?: string;
  sound?: boolean;
};

type Said = Partial<Picture> & { next: string };
type Teller = (room: RoomView, words: WaitingRoomWords, now: number, locale: Locale) => Said;

/** @param now server time, ms since 1970. */
export function pictureOf(
  room: RoomView,
  words: WaitingRoomWords,
  now: number,
  locale: Locale,
): Picture {
  const performance = room.onSale?.performance;
  const said = tellers[room.scene](room, words, now, locale);
  const name = performance?.name[locale] ?? "";
  return {
    scene: room.scene,
    name,
    when: performance
      ? `${formatDateTime(performance.startsAt, locale, performance.timeZone)} · ${performance.venue[locale]}`
      : "",
    notice: room.notice ? words.notice[room.notice] : "",
    ...said,
    title: [said.title, name, words.page].filter(Boolean).join(" · "),
  };
}

const plainly = (key: "soldOut" | "closed" | "notFound"): Teller => {
  return (_, words) => ({ ...words[key], notice: "", home: true });
};

const tellers: Record<Scene, Teller> = {
  loading: (_, words) => ({ next: words.loading }),
  scheduled(room, words, now, locale) {
    const at = room.frontier?.preQueueAt ?? now;
    return {
      ...countdown(at, now, locale),
      label: words.scheduled.label,
      next: words.scheduled.next(formatDateTime(at, locale)),
      more: words.scheduled.more,
      facts: opensFact(room, words, locale),
    };
  },
  "pre-queue": tellPreQueue,
  waiting: tellWaiting,
  returning: (room, words, _, locale) => ({
    ...words.returning,
    share: 1,
    facts: factsOf(room, words, locale),
    ...drawOf(room, words, locale),
    sound: true,
  }),
  turn(room, words, now, locale) {
    const left = Math.max(0, (room.claimBy ?? now) - now);
    const { label, next, more, late, soon, title } = words.turn;
    const clock = room.claimBy === undefined ? {} : countdown(room.claimBy, now, locale);
    // Every second tick the title changes places, so that a tab in the back catches the eye.
    const shown = Math.floor(left / 1000) % 2 === 0 ? title : next;
    return {
      ...clock,
      label,
      next,
      more,
      title: shown,
      kept: room.admitted ? soon : late,
      enter: true,
    };
  },
  "sold-out": plainly("soldOut"),
  closed: plainly("closed"),
  "not-found": plainly("notFound"),
  code: ({ told }, { code }) => ({ next: told, code: code.label }),
  stranger: ({ told }) => ({ next: told, home: true }),
  spent: ({ proved }, words) => ({
    ...words.spent,
    again: proved ? undefined : "rejoin",
    home: true,
  }),
  invalid: (_, words) => ({ ...words.invalid, again: "rejoin" }),
  failed: (_, words) => ({ ...words.failed, again: "retry" }),
};

function tellPreQueue(room: RoomView, words: WaitingRoomWords, now: number, locale: Locale): Said {
  const { frontier } = room;
  const { label, next, more, here, opening } = words.preQueue;
  if (!frontier) return { next };
  const count = arrived(frontier);
  const span = frontier.opensAt - frontier.preQueueAt;
  const over = now >= frontier.opensAt || frontier.phase === "open";
  return {
    ...countdown(over ? now : frontier.opensAt, now, locale),
    title: over ? "" : formatCountdown(frontier.opensAt - now, locale),
    label,
    next: over ? opening : next,
    more: count === undefined ? more : `${more} ${here(formatNumber(count, locale))}`,
    share: span > 0 && !over ? clamp((now - frontier.preQueueAt) / span) : 1,
    facts: opensFact(room, words, locale),
    drawnMore: room.commitmentKept ? words.draw.sealed : "",
    kept: words.kept,
    sound: true,
  };
}

function tellWaiting(room: RoomView, words: WaitingRoomWords, _: number, locale: Locale): Said {
  const { frontier, position } = room;
  if (!frontier || position === undefined) return { next: words.loading };
  const ahead = Math.max(0, position - frontier.serving);
  const near = ahead <= frontier.poll.near;
  const count = formatNumber(ahead, locale);
  const start = Math.min(room.servingAtStart, frontier.serving);
  const { seats } = frontier;
  const crowded = seats !== undefined && ahead > seats.free + seats.held;
  const { first, near: nearly, nearMore, next } = words.waiting;
  return {
    title: count,
    label: words.ahead,
    hero: count,
    unit: words.people,
    read: `${words.ahead}: ${count}${words.people}.`,
    share: clamp((frontier.serving - start) / Math.max(1, position - start)),
    next: ahead === 0 ? first : near ? nearly : next,
    more: crowded ? words.waiting.crowded : near ? nearMore : "",
    facts: factsOf(room, words, locale),
    ...drawOf(room, words, locale),
    kept: near ? "" : words.kept,
    sound: true,
  };
}

const countdown = (until: number, now: number, locale: Locale) => ({
  hero: formatCountdown(until - now, locale),
});

function opensFact(room: RoomView, words: WaitingRoomWords, locale: Locale): [string, string][] {
  if (!room.frontier) return [];
  return [[words.facts.opens, formatDateTime(room.frontier.opensAt, locale)]];
}

function factsOf(room: RoomView, words: WaitingRoomWords, locale: Locale): [string, string][] {
  const { frontier, position } = room;
  const facts: [string, string][] = [];
  if (!frontier) return facts;
  if (room.scene === "waiting") {
    const wait = room.wait ? formatWait(room.wait, locale) : words.facts.waitUnknown;
    facts.push([words.facts.wait, frontier.paused ? "–" : wait]);
  }
  if (frontier.seats) {
    const { free, held } = frontier.seats;
    const text =
      free === 0 && held > 0
        ? words.facts.seatsHeld(formatNumber(held, locale))
        : words.facts.seatCount(formatNumber(free, locale));
    facts.push([words.facts.seats, text]);
  }
  if (position !== undefined && !isDrawn(room)) {
    facts.push([words.facts.number, words.facts.numberCount(formatNumber(position + 1, locale))]);
  }
  return facts;
}

/** The draw concerns those who were there before the opening; their positions are below the cohort. */
export function isDrawn({ frontier, position }: RoomView): boolean {
  const cohort = frontier?.draw.cohort;
  return cohort !== undefined && position !== undefined && position < cohort;
}

function drawOf(room: RoomView, words: WaitingRoomWords, locale: Locale): Partial<Picture> {
  const { frontier, position } = room;
  if (!frontier?.draw.cohort || position === undefined || !isDrawn(room)) return {};
  const number = formatNumber(position + 1, locale);
  return {
    drawn: words.draw.drawn(number, formatNumber(frontier.draw.cohort, locale)),
    check: frontier.draw.seed !== undefined,
  };
}

const clamp = (share: number) => Math.min(1, Math.max(0, share));
