// A small world around the waiting fan: a platform that may be away, a browser that may say "offline"
// (rightly or not), answers that come late, and a line that moves. Random walks through it must keep
// the promises of waiting.ts; and when the world becomes calm again, the fan must always get in.

import { expect, test } from "bun:test";
import fc from "fast-check";
import type { EntryId, OnSaleId } from "../foundation/ids.ts";
import type { Frontier } from "./contract.ts";
import { aheadOf, startWaiting, step } from "./waiting.ts";
import type { WaitingEffect, WaitingInput, WaitingFan, WaitingStep } from "./waiting-state.ts";

const entryId = "qe_0000000000000000000001" as EntryId;
const onSaleId = "os_0000000000000000000001" as OnSaleId;
const t0 = 1_800_000_000_000;
const position = 400;

type Move =
  | { kind: "wait"; ms: number }
  | { kind: "answer"; which: number; ok: boolean }
  | { kind: "serve"; by: number }
  | { kind: "browser"; online: boolean }
  | { kind: "drop-stream" }
  | { kind: "pause"; paused: boolean }
  | { kind: "broadcast" }
  | { kind: "rotate-keys" };

const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 60_000 }) }),
  fc.record({ kind: fc.constant("answer" as const), which: fc.nat(5), ok: fc.boolean() }),
  fc.record({ kind: fc.constant("serve" as const), by: fc.nat(150) }),
  fc.record({ kind: fc.constant("browser" as const), online: fc.boolean() }),
  fc.record({ kind: fc.constant("drop-stream" as const) }),
  fc.record({ kind: fc.constant("pause" as const), paused: fc.boolean() }),
  fc.record({ kind: fc.constant("broadcast" as const) }),
  fc.record({ kind: fc.constant("rotate-keys" as const) }),
);

class World {
  now = t0;
  serving = 0;
  paused = false;
  /** Effects that still owe their one answer. */
  owed: WaitingEffect[] = [];
  pollAt: number | undefined;
  streamOpen = false;
  tokensAccepted = "token-1";
  fan: WaitingFan;
  claims = 0;

  constructor(jitter: number) {
    const first = startWaiting({ entryId }, jitter, this.now);
    this.fan = first.state;
    this.carryOut(first);
  }

  get isIn(): boolean {
    return this.fan.kind === "admitted";
  }

  frontier(): Frontier {
    return {
      onSaleId,
      phase: this.now < t0 + 20_000 ? "pre-queue" : "open",
      paused: this.paused,
      now: this.now,
      preQueueAt: t0,
      opensAt: t0 + 20_000,
      closesAt: t0 + 1e9,
      serving: this.serving,
      joined: 1_000,
      waiting: 900,
      pacePerMin: undefined,
      claimWindowMs: 60_000,
      seats: undefined,
      draw: { commitment: "", seed: undefined, cohort: undefined },
      admissionEpoch: 1,
      poll: { near: 50, nearMs: 2_000, farMs: 30_000 },
    };
  }

  tell(event: WaitingInput): void {
    const before = this.fan;
    const next = step(before, event, this.now);
    this.fan = next.state;
    this.carryOut(next);
    if (before.queueToken !== undefined) expect(this.fan.queueToken).toBeDefined();
    const [was, is] = [aheadOf(before), aheadOf(this.fan)];
    if (was !== undefined && is !== undefined) expect(is).toBeLessThanOrEqual(was);
    for (const kind of ["claim", "join", "open-stream"]) {
      expect(this.owed.filter((effect) => effect.kind === kind).length).toBeLessThanOrEqual(1);
    }
  }

  carryOut({ effects }: WaitingStep): void {
    for (const effect of effects) {
      if (effect.kind === "poll-after") this.pollAt = this.now + effect.ms;
      else if (effect.kind === "close-stream") this.streamOpen = false;
      else if (effect.kind !== "persist") this.owed.push(effect);
      if (effect.kind === "claim") this.claims++;
    }
  }

  /** Second by second, as the page's timer does; a due poll becomes an owed answer. */
  pass(ms: number): void {
    for (let left = ms; left > 0; left -= 1_000) {
      this.now += Math.min(1_000, left);
      if (this.pollAt !== undefined && this.pollAt <= this.now) {
        this.pollAt = undefined;
        this.owed.push({ kind: "poll-after", ms: 0 });
      }
      this.tell({ kind: "tick" });
    }
  }

  answer(which: number, ok: boolean): void {
    const [effect] = this.owed.splice(which % Math.max(1, this.owed.length), 1);
    if (effect !== undefined) this.tell(ok ? this.success(effect) : failure(effect));
  }

  calmSecond(): void {
    this.pass(1_000);
    for (let n = 0; n < 10 && this.owed.length > 0; n++) this.answer(0, true);
  }

  success(effect: WaitingEffect): WaitingInput {
    const frontier = this.frontier();
    const token = this.fan.queueToken;
    const isRefused = token !== undefined && token !== this.tokensAccepted;
    switch (effect.kind) {
      case "join":
        return {
          kind: "joined",
          joined: { queueToken: this.tokensAccepted, entryId, index: 9, known: true, frontier },
        };
      case "open-stream":
        if (isRefused) return { kind: "token-invalid", during: "stream" };
        this.streamOpen = true;
        return { kind: "stream-open" };
      case "claim": {
        if (isRefused) return { kind: "token-invalid", during: "claim" };
        if (this.claims % 3 !== 0) return { kind: "claim-wait", retryMs: 1_000 };
        const deadline = this.now + 300_000;
        return {
          kind: "claim-ok",
          admission: {
            kind: "admitted",
            admissionToken: "a",
            admissionId: "ad",
            expiresAt: deadline,
            now: this.now,
            shopUrl: "/s",
          },
        };
      }
      default: {
        if (token === undefined) return { kind: "frontier", frontier };
        if (isRefused) return { kind: "token-invalid", during: "poll" };
        const ahead = position - this.serving;
        const standing =
          frontier.phase === "pre-queue"
            ? ({ kind: "not-drawn", index: 9, joined: 1_000 } as const)
            : ahead < 0
              ? ({ kind: "your-turn", position } as const)
              : ({ kind: "waiting", position, ahead } as const);
        return {
          kind: "poll-ok",
          status: { standing, wait: undefined, nextPollMs: 1_000, frontier },
        };
      }
    }
  }

  make(change: Move): void {
    if (change.kind === "wait") this.pass(change.ms);
    else if (change.kind === "answer") this.answer(change.which, change.ok);
    else if (change.kind === "serve") this.serving += this.now < t0 + 20_000 ? 0 : change.by;
    else if (change.kind === "browser") this.tell({ kind: change.online ? "online" : "offline" });
    else if (change.kind === "pause") this.paused = change.paused;
    else if (change.kind === "rotate-keys") this.tokensAccepted = "token-2";
    else if (this.streamOpen && change.kind === "drop-stream") {
      this.streamOpen = false;
      this.tell({ kind: "stream-lost" });
    } else if (this.streamOpen) this.tell({ kind: "frontier", frontier: this.frontier() });
  }
}

function failure(effect: WaitingEffect): WaitingInput {
  if (effect.kind === "join") return { kind: "join-failed", problem: "away", retryable: true };
  if (effect.kind === "claim") return { kind: "claim-failed", problem: "away", retryable: true };
  return effect.kind === "open-stream" ? { kind: "stream-lost" } : { kind: "poll-failed" };
}

const moves = fc.array(move, { maxLength: 60 });
/** Seconds of calm before the trouble, so that it also meets fans who are well on their way. */
const calmStart = fc.nat(60);
const jitter = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test("whatever happened, a calm world gets the fan in, with one token and one claim at a time", () => {
  fc.assert(
    fc.property(calmStart, moves, jitter, (calmSeconds, changes, spread) => {
      const world = new World(spread);
      for (let second = 0; second < calmSeconds; second++) world.calmSecond();
      for (const change of changes) world.make(change);
      if (!world.isIn) {
        // Calm: everything owed is answered, the line has moved on, and nobody tells "online".
        world.paused = false;
        world.serving = position + 1;
        for (let second = 0; second < 180 && !world.isIn; second++) {
          world.calmSecond();
        }
      }
      expect(world.fan.kind).toBe("admitted");
      expect(world.fan.queueToken).toBeDefined();
    }),
    { numRuns: 400 },
  );
}, 30_000);
