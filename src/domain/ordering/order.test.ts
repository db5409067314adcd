import { expect, test } from "bun:test";
import { isEnd, mayMove, orderStates, standingOf, transitions } from "./order.ts";

test("every state is reached, and every state that is no end is left", () => {
  for (const state of orderStates) {
    if (state !== "draft") expect(transitions.some(({ to }) => to === state)).toBe(true);
    const isLeft = transitions.some(({ from }) => from === state);
    expect(isLeft).toBe(!isEnd(state) || state === "cancelled");
  }
});

test("no transition is listed twice and none stays where it was", () => {
  const names = transitions.map(({ from, to }) => `${from} → ${to}`);
  expect(new Set(names).size).toBe(names.length);
  expect(transitions.some(({ from, to }) => from === to)).toBe(false);
});

test("an end is the end, but for money that comes after a cancellation", () => {
  for (const from of orderStates.filter(isEnd))
    for (const to of orderStates)
      expect(mayMove(from, to)).toBe(from === "cancelled" && to === "payment-unknown");
});

test("after the capture an order never goes back to where it could be cancelled", () => {
  const reachable = new Set<string>(["issuing"]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const { from, to } of transitions) {
      // A stuck order is started again by asking; that is a person's way out of the one-way street.
      if (from === "stuck" || !reachable.has(from) || reachable.has(to)) continue;
      reachable.add(to);
      grew = true;
    }
  }
  expect([...reachable].sort()).toEqual(["confirmed", "issuing", "refunded", "refunding", "stuck"]);
});

test("a fan waits at a draft and at a proof, a person is needed only when stuck", () => {
  expect(orderStates.filter((state) => standingOf(state) === "fan")).toEqual([
    "draft",
    "requires-action",
  ]);
  expect(orderStates.filter((state) => standingOf(state) === "person")).toEqual(["stuck"]);
});
