import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  checkSelection,
  defaultHoldRules as rules,
  extendHold,
  firstDeadline,
  seatsLeftFor,
  standingOf,
} from "./hold.ts";

describe("whose a seat is", () => {
  test("a hold is over at its deadline, for its owner too", () => {
    const claim = { owner: "ann", state: "held", deadline: 100 } as const;
    expect(standingOf(undefined, "ann", 0)).toBe("free");
    expect(standingOf(claim, "ann", 99)).toBe("own");
    expect(standingOf(claim, "ben", 99)).toBe("taken");
    expect(standingOf(claim, "ann", 100)).toBe("free");
    expect(standingOf(claim, "ben", 100)).toBe("free");
  });

  test("paying, sold and withheld seats do not expire", () => {
    for (const state of ["paying", "sold", "withheld"] as const) {
      expect(standingOf({ owner: "ann", state, deadline: 1 }, "ann", 1_000)).toBe("taken");
    }
  });
});

describe("a selection", () => {
  test("is refused when empty, too large, repeated or not of this plan", () => {
    expect(checkSelection([1, 2], 10, rules)).toEqual({ kind: "acceptable" });
    expect(checkSelection([], 10, rules)).toEqual({ kind: "empty" });
    expect(checkSelection([1, 2, 3, 4, 5], 10, rules)).toMatchObject({ kind: "over-limit" });
    expect(checkSelection([1, 1], 10, rules)).toEqual({ kind: "repeated", seat: 1 });
    for (const seat of [-1, 10, 1.5, Number.NaN]) {
      expect(checkSelection([seat], 10, rules)).toEqual({ kind: "unknown-seat", seat });
    }
  });

  test("counts what the fan has already", () => {
    expect(seatsLeftFor(3, rules)).toBe(1);
    expect(seatsLeftFor(9, rules)).toBe(0);
  });
});

describe("extension", () => {
  test("is bounded in total and says when it was the last", () => {
    const hold = { heldAt: 0, deadline: firstDeadline(0, rules) };
    expect(extendHold(hold, 200_000, rules)).toEqual({
      kind: "extended",
      deadline: 500_000,
      last: false,
    });
    const late = { heldAt: 0, deadline: 700_000 };
    expect(extendHold(late, 650_000, rules)).toMatchObject({ deadline: 900_000, last: true });
    expect(extendHold({ heldAt: 0, deadline: 900_000 }, 899_999, rules).kind).toBe("at-limit");
    expect(extendHold(hold, 300_000, rules)).toEqual({ kind: "expired" });
  });

  test("never shortens a promise and never passes the bound, however often it is asked", () => {
    const waits = fc.array(fc.nat(400_000), { maxLength: 30 });
    fc.assert(
      fc.property(waits, fc.nat(600_000), fc.nat(2_000_000), (pauses, holdMs, maxHoldMs) => {
        const own = { ...rules, holdMs, maxHoldMs };
        let now = 0;
        let deadline = firstDeadline(0, own);
        for (const pause of pauses) {
          now += pause;
          const outcome = extendHold({ heldAt: 0, deadline }, now, own);
          if (outcome.kind === "expired") return deadline <= now;
          if (outcome.deadline < deadline || outcome.deadline > maxHoldMs) return false;
          deadline = outcome.deadline;
        }
        return true;
      }),
    );
  });
});
