import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Phase } from "./frontier.ts";
import {
  changePhase,
  followClock,
  initialState,
  type Mover,
  phaseAt,
  type Schedule,
  scheduleProblem,
  setPaused,
  transitions,
} from "./on-sale.ts";

const schedule: Schedule = { preQueueAt: 1_000, opensAt: 2_000, closesAt: 3_000 };
const phases = Object.keys(transitions) as Phase[];
const movers: Mover[] = ["clock", "operator", "sold-out-rule"];
const rank: Record<Phase, number> = {
  scheduled: 0,
  "pre-queue": 1,
  open: 2,
  "sold-out": 3,
  closed: 3,
};

test("the schedule alone gives these phases", () => {
  const at = (now: number) => phaseAt(schedule, now);
  expect([999, 1_000, 1_999, 2_000, 2_999, 3_000].map(at)).toEqual([
    "scheduled",
    "pre-queue",
    "pre-queue",
    "open",
    "open",
    "closed",
  ]);
  expect(phaseAt({ ...schedule, preQueueAt: 2_000 }, 1_999)).toBe("scheduled");
});

test("every cell of the table: no phase goes back, ends are ends, only its rule says sold out", () => {
  for (const from of phases) {
    for (const to of phases) {
      for (const by of movers) {
        const state = { phase: from, paused: from === "open", changedAt: 0 };
        const change = changePhase(state, to, by, 7);
        if (change.kind === "changed") {
          expect(rank[to]).toBeGreaterThan(rank[from]);
          expect(change.state).toEqual({ phase: to, paused: false, changedAt: 7 });
          expect(to === "sold-out").toBe(by === "sold-out-rule");
        } else if (from === to) {
          expect(change.reason).toBe("already-there");
        } else {
          const nobody = transitions[from][to].length === 0;
          expect(change.reason).toBe(nobody ? "no-such-transition" : "not-yours-to-do");
        }
      }
    }
  }
});

test("pause is a switch on open and on nothing else", () => {
  for (const phase of phases) {
    const change = setPaused({ phase, paused: false, changedAt: 0 }, true, 5);
    if (phase === "open") {
      expect(change).toEqual({ kind: "changed", state: { phase, paused: true, changedAt: 5 } });
    } else {
      expect(change).toEqual({ kind: "refused", reason: "not-open" });
    }
  }
  const open = { phase: "open", paused: false, changedAt: 0 } as const;
  expect(setPaused(open, false, 5)).toEqual({ kind: "refused", reason: "already-there" });
});

test("the clock never pulls back what the operator did early, and nothing moves without cause", () => {
  const opened = { phase: "open", paused: true, changedAt: 500 } as const;
  expect(followClock(opened, schedule, 1_500)).toBe(opened);
  expect(followClock(opened, schedule, 3_000).phase).toBe("closed");
  const soldOut = { phase: "sold-out", paused: false, changedAt: 2_500 } as const;
  expect(followClock(soldOut, schedule, 9_000)).toBe(soldOut);
  const instants = fc.array(fc.nat(4_000), { maxLength: 20 });
  fc.assert(
    fc.property(instants, (times) => {
      let state = initialState(0);
      for (const now of times.sort((a, b) => a - b)) {
        const next = followClock(state, schedule, now);
        expect(next.phase).toBe(phaseAt(schedule, now));
        expect(next === state || rank[next.phase] > rank[state.phase]).toBe(true);
        state = next;
      }
    }),
  );
});

test("a schedule that cannot be is named", () => {
  expect(scheduleProblem(schedule)).toBeUndefined();
  expect(scheduleProblem({ ...schedule, preQueueAt: 2_001 })).toBe("pre-queue-after-opening");
  expect(scheduleProblem({ ...schedule, closesAt: 2_000 })).toBe("closing-before-opening");
  expect(scheduleProblem({ ...schedule, opensAt: Number.NaN })).toBe("not-an-instant");
});
