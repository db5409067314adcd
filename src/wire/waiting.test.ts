import { expect, test } from "bun:test";
import type { EntryId, OnSaleId } from "../foundation/ids.ts";
import type { Frontier, Joined } from "./contract.ts";
import { aheadOf, startWaiting, step } from "./waiting.ts";
import type { AdmittedClaim, WaitingInput, WaitingFan, WaitingKind } from "./waiting-state.ts";

const t0 = 1_800_000_000_000;
const entryId = "qe_0000000000000000000001" as EntryId;
const frontier = (change: Partial<Frontier> = {}): Frontier => ({
  onSaleId: "os_0000000000000000000001" as OnSaleId,
  phase: "open",
  paused: false,
  now: t0,
  preQueueAt: t0,
  opensAt: t0,
  closesAt: t0 + 3_600_000,
  serving: 100,
  joined: 10_000,
  waiting: 9_900,
  pacePerMin: undefined,
  claimWindowMs: 60_000,
  seats: undefined,
  draw: { commitment: "", seed: undefined, cohort: 0 },
  admissionEpoch: 1,
  poll: { near: 50, nearMs: 2_000, farMs: 30_000 },
  ...change,
});
const joined: Joined = {
  queueToken: "token-2",
  entryId,
  index: 7,
  known: false,
  frontier: frontier({ now: t0 + 1 }),
};
const admission: AdmittedClaim = {
  kind: "admitted",
  admissionToken: "a",
  admissionId: "ad",
  expiresAt: t0 + 300_000,
  now: t0,
  shopUrl: "/s/x",
};
const fanWith = (change: Partial<WaitingFan>): WaitingFan => {
  const { state } = startWaiting({ entryId, queueToken: "token-1", index: 7 }, 0.5, t0);
  return { ...state, frontier: frontier(), position: 5_000, stream: "open", ...change };
};

const fans: Record<WaitingKind, WaitingFan> = {
  loading: startWaiting({ entryId }, 0.5, t0).state,
  scheduled: fanWith({ frontier: frontier({ phase: "scheduled" }), queueToken: undefined }),
  joining: fanWith({ queueToken: undefined, position: undefined, join: "in-flight" }),
  "pre-queue": fanWith({ frontier: frontier({ phase: "pre-queue" }), position: undefined }),
  waiting: fanWith({}),
  near: fanWith({ position: 120 }),
  "your-turn": fanWith({ position: 99, claimAt: t0 + 9_000 }),
  claiming: fanWith({ position: 99, claim: "in-flight" }),
  admitted: fanWith({ position: 99, admission }),
  reconnecting: fanWith({ failures: 3, stream: "closed", streamAt: t0 + 9_000 }),
  offline: fanWith({ online: false }),
  paused: fanWith({ frontier: frontier({ paused: true }) }),
  "sold-out": fanWith({ frontier: frontier({ phase: "sold-out" }) }),
  closed: fanWith({ frontier: frontier({ phase: "closed" }) }),
  failed: fanWith({ problem: "queue-token-invalid" }),
};
for (const [kind, fan] of Object.entries(fans))
  fans[kind as WaitingKind] = { ...fan, kind: fan.kind };

const status = (position: number): WaitingInput => ({
  kind: "poll-ok",
  status: {
    standing: { kind: "waiting", position, ahead: position - 100 },
    wait: undefined,
    nextPollMs: 1_000,
    frontier: frontier({ now: t0 + 1 }),
  },
});
const events: Record<WaitingInput["kind"], WaitingInput> = {
  frontier: { kind: "frontier", frontier: frontier({ now: t0 + 1 }) },
  joined: { kind: "joined", joined },
  "join-failed": { kind: "join-failed", problem: "queue-closed", retryable: false },
  "stream-open": { kind: "stream-open" },
  "stream-lost": { kind: "stream-lost" },
  "poll-ok": status(5_000),
  "poll-failed": { kind: "poll-failed" },
  placed: { kind: "placed", position: 5_000 },
  "claim-ok": { kind: "claim-ok", admission },
  "claim-wait": { kind: "claim-wait", retryMs: 5_000 },
  "claim-failed": { kind: "claim-failed", problem: "x", retryable: true },
  "token-invalid": { kind: "token-invalid", during: "poll" },
  online: { kind: "online" },
  offline: { kind: "offline" },
  tick: { kind: "tick" },
};

type Row = Record<WaitingInput["kind"], WaitingKind>;
/** A row where nothing changes the kind, but for the exceptions. */
const stays = (kind: WaitingKind, change: Partial<Row> = {}): Row => {
  const row = Object.fromEntries(Object.keys(events).map((event) => [event, kind])) as Row;
  return { ...row, "claim-ok": "admitted", "join-failed": "failed", offline: "offline", ...change };
};
const end = (kind: WaitingKind): Row => stays(kind, { "join-failed": kind, offline: kind });
const table: Record<WaitingKind, Row> = {
  loading: stays("loading", {
    frontier: "joining",
    joined: "waiting",
    "poll-ok": "joining",
    "token-invalid": "loading",
  }),
  scheduled: stays("scheduled", { frontier: "joining", joined: "waiting", "poll-ok": "joining" }),
  joining: stays("joining", { joined: "waiting" }),
  "pre-queue": stays("pre-queue", {
    frontier: "waiting",
    joined: "waiting",
    "poll-ok": "waiting",
    "token-invalid": "joining",
  }),
  waiting: stays("waiting", { "token-invalid": "joining" }),
  near: stays("near", { "poll-ok": "waiting", placed: "waiting", "token-invalid": "joining" }),
  "your-turn": stays("your-turn", {
    "poll-ok": "waiting",
    placed: "waiting",
    "token-invalid": "joining",
  }),
  claiming: stays("claiming", {
    "claim-wait": "your-turn",
    "claim-failed": "your-turn",
    "token-invalid": "joining",
  }),
  admitted: end("admitted"),
  reconnecting: stays("reconnecting", {
    "token-invalid": "joining",
    frontier: "waiting",
    joined: "waiting",
    "stream-open": "waiting",
    "poll-ok": "waiting",
    "claim-wait": "waiting",
    online: "waiting",
  }),
  offline: stays("offline", {
    "token-invalid": "joining",
    frontier: "waiting",
    joined: "waiting",
    "stream-open": "waiting",
    "poll-ok": "waiting",
    "claim-wait": "waiting",
    online: "waiting",
  }),
  paused: stays("paused", {
    frontier: "waiting",
    joined: "waiting",
    "poll-ok": "waiting",
    "token-invalid": "joining",
  }),
  "sold-out": end("sold-out"),
  closed: end("closed"),
  failed: end("failed"),
};

for (const [kind, fan] of Object.entries(fans) as [WaitingKind, WaitingFan][]) {
  test(`every event in "${kind}"`, () => {
    const from = { ...fan, kind };
    for (const [name, event] of Object.entries(events) as [WaitingInput["kind"], WaitingInput][]) {
      const { state } = step(from, event, t0 + 1);
      expect({ kind, name, to: state.kind }).toEqual({ kind, name, to: table[kind][name] });
    }
  });
}

test("a whole wait: load, join, watch, near, turn, admission", () => {
  let { state } = startWaiting({ entryId }, 0.5, t0);
  const seen: string[] = [];
  const tell = (event: WaitingInput, now: number) => {
    const next = step(state, event, now);
    state = next.state;
    seen.push(`${state.kind}: ${next.effects.map(({ kind }) => kind).join(" ")}`);
  };
  tell({ kind: "frontier", frontier: frontier() }, t0);
  tell({ kind: "joined", joined }, t0 + 1_000);
  tell({ kind: "stream-open" }, t0 + 1_100);
  tell(status(150), t0 + 1_200);
  tell({ kind: "frontier", frontier: frontier({ now: t0 + 2_000, serving: 151 }) }, t0 + 2_000);
  tell({ kind: "claim-wait", retryMs: 1_000 }, t0 + 2_100);
  tell({ kind: "tick" }, t0 + 2_900);
  tell({ kind: "tick" }, t0 + 3_200);
  tell({ kind: "claim-ok", admission }, t0 + 3_300);
  expect(seen).toEqual([
    "joining: join poll-after",
    "waiting: open-stream poll-after persist",
    "waiting: ",
    "near: poll-after persist",
    "claiming: claim poll-after",
    "your-turn: ",
    "your-turn: ",
    "claiming: claim",
    "admitted: close-stream",
  ]);
});

test("who watched the pre-queue open joins at an own moment", () => {
  const scheduled = { ...fans.scheduled, kind: "scheduled" as const };
  const opened = frontier({ phase: "pre-queue", now: t0 + 1 });
  const first = step(scheduled, { kind: "frontier", frontier: opened }, t0);
  expect(first.effects.some(({ kind }) => kind === "join")).toBe(false);
  const later = step(first.state, { kind: "tick" }, t0 + 1_500);
  expect(later.effects.some(({ kind }) => kind === "join")).toBe(true);
});

test("an old frontier changes nothing, and people ahead never grow", () => {
  const fan = { ...fans.waiting, kind: "waiting" as const };
  const ahead = aheadOf(fan);
  const old = frontier({ now: t0 - 5_000, serving: 10 });
  expect(aheadOf(step(fan, { kind: "frontier", frontier: old }, t0).state)).toBe(ahead);
  const lower = frontier({ now: t0 + 5_000, serving: 10 });
  expect(aheadOf(step(fan, { kind: "frontier", frontier: lower }, t0).state)).toBe(ahead);
});

test("a silent stream is given up and polling takes over", () => {
  const fan = { ...fans.waiting, kind: "waiting" as const };
  expect(step(fan, { kind: "tick" }, t0 + 75_000).effects).toEqual([]);
  const kinds = step(fan, { kind: "tick" }, t0 + 75_001).effects.map(({ kind }) => kind);
  expect(kinds).toEqual(["close-stream", "poll-after", "open-stream"]);
});

test("a token refused to a poll does not send a second claim after the one under way", () => {
  const claiming = { ...fans.claiming, kind: "claiming" as const };
  const refused = step(claiming, { kind: "token-invalid", during: "poll" }, t0);
  expect(refused.effects.map(({ kind }) => kind)).toEqual(["join"]);
  const again = step(refused.state, { kind: "joined", joined }, t0 + 10);
  expect(again.state.kind).toBe("claiming");
  expect(again.effects.some(({ kind }) => kind === "claim")).toBe(false);
  const answered = step(claiming, { kind: "token-invalid", during: "claim" }, t0);
  const anew = step(answered.state, { kind: "joined", joined }, t0 + 10);
  expect(anew.effects.some(({ kind }) => kind === "claim")).toBe(true);
});

test("an admission that was under way when the last seat went is not thrown away", () => {
  const late = { ...fans["sold-out"], kind: "sold-out" as const };
  expect(step(late, { kind: "claim-ok", admission }, t0).state.kind).toBe("admitted");
});
