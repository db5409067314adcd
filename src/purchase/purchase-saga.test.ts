// The table against the transitions: every change a row can make is one the order may make.

import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { mayMove, orderStates, standingOf } from "../domain/ordering/order.ts";
import { newId } from "../foundation/ids.ts";
import type { Order, PaymentState } from "../ports/order-store.ts";
import { fanLeft, waitForFan, waitForProof } from "./moves.ts";
import { failpoints, purchaseSaga } from "./purchase-saga.ts";
import { stepFor } from "./saga.ts";
import { statesPage } from "./states-page.ts";

const now = 1_800_000_000_000;
const price = { amount: 66_000, currency: "KRW" };

function order(changes: Partial<Order>, payment: PaymentState = "authorizing"): Order {
  return {
    orderId: newId("order"),
    onSaleId: newId("on-sale"),
    performanceId: newId("performance"),
    entryId: newId("entry"),
    holdId: newId("hold"),
    state: "draft",
    version: 1,
    attempt: 1,
    amount: price,
    buyer: { name: "Kim", email: "kim@example.test", locale: "ko" },
    lines: [{ seat: 7, category: "A", section: "1", row: "2", label: "3", price }],
    deadline: now + 60_000,
    payment: {
      attempt: 1,
      provider: "sandbox",
      state: payment,
      amount: price,
      providerRef: "pay_1",
      method: "pm_1",
      actionUrl: undefined,
      declineCode: undefined,
      refunded: 0,
    },
    reason: undefined,
    createdAt: now - 10_000,
    updatedAt: now,
    ...changes,
  };
}

const facts = {
  againMs: 5_000,
  providerRef: "pay_1",
  actionUrl: "http://bank.test/",
  code: "no",
  reason: "why",
};

test("every answer in every row leads where the order may go, early, late, and when the fan left", () => {
  let changes = 0;
  for (const row of purchaseSaga)
    for (const state of row.at.order)
      for (const kind of row.outcomes)
        for (const situation of [{}, { deadline: now - 1 }, { reason: fanLeft }]) {
          const before = order({ state, ...situation }, row.at.payment?.[0]);
          const change = row.decide(before, { kind, ...facts }, now);
          if (change === undefined) continue;
          changes += 1;
          if (!mayMove(state, change.state))
            throw new Error(`${row.step} on ${kind}: ${state} → ${change.state}`);
        }
  expect(changes).toBeGreaterThan(100);
});

test("a change is taken up by somebody: at once, at an hour, by a fan, by a person, or it is an end", () => {
  for (const row of purchaseSaga)
    for (const state of row.at.order)
      for (const kind of row.outcomes) {
        const before = order({ state }, row.at.payment?.[0]);
        const change = row.decide(before, { kind, ...facts }, now);
        if (change === undefined || change.keepLease === true || change.dueAt !== undefined)
          continue;
        expect(["end", "person"]).toContain(standingOf(change.state));
      }
});

test("every hour to look again at is a whole number of milliseconds, as the database keeps it", () => {
  for (const row of purchaseSaga)
    for (const state of row.at.order)
      for (const kind of row.outcomes) {
        const before = order({ state, createdAt: now - 33_333 }, row.at.payment?.[0]);
        const { dueAt } = row.decide(before, { kind, ...facts }, now) ?? {};
        if (dueAt !== undefined)
          expect({ kind, whole: Number.isInteger(dueAt) }).toEqual({ kind, whole: true });
      }
});

test("going on means that a row fits the new states", () => {
  for (const row of purchaseSaga)
    for (const state of row.at.order)
      for (const kind of row.outcomes) {
        const before = order({ state }, row.at.payment?.[0]);
        const change = row.decide(before, { kind, ...facts }, now);
        if (change?.keepLease !== true) continue;
        const payment = change.payment?.state ?? row.at.payment?.[0];
        const after = order({ state: change.state }, payment);
        if (stepFor(purchaseSaga, after) === undefined)
          throw new Error(`${row.step} on ${kind} ends in ${change.state}, ${payment}: no row`);
      }
});

test("seats are freed only when the provider holds no money", () => {
  const holdsNothing = ["voided", "declined", "never-taken-over", "refunded", "over"];
  for (const row of purchaseSaga)
    for (const state of row.at.order)
      for (const kind of row.outcomes)
        for (const situation of [{}, { deadline: now - 1 }, { reason: fanLeft }]) {
          const before = order({ state, ...situation }, row.at.payment?.[0]);
          const seats = row.decide(before, { kind, ...facts }, now)?.seats ?? "keep";
          if (seats !== "keep") expect(holdsNothing).toContain(kind);
        }
});

test("every state that the saga or a worker moves has a row", () => {
  const rowed = new Set(purchaseSaga.flatMap(({ at }) => at.order));
  for (const state of orderStates) {
    expect(rowed.has(state)).toBe(!["end", "person"].includes(standingOf(state)));
  }
});

test("there is a failpoint on both sides of every call", () => {
  expect(failpoints).toContain("after confirm-seats");
  for (const { step } of purchaseSaga) {
    expect(failpoints).toContain(`before ${step}`);
    expect(failpoints).toContain(`after ${step}`);
  }
});

test("docs/states.md says what the tables say", async () => {
  const page = await readFile(join(import.meta.dir, "../../docs/states.md"), "utf8");
  expect(page).toBe(statesPage());
});

test("what is due by the database's clock and not by ours is not taken up at once again", () => {
  const draft = order({ deadline: now + 1 });
  expect(waitForFan(draft, undefined, now).dueAt).toBeGreaterThan(now + 100);
  const found = { kind: "wants-proof", actionUrl: "https://x.test/", againMs: 5_000 };
  expect(waitForProof(draft, found, now).dueAt).toBeGreaterThan(now + 100);
  expect(waitForFan(order({}), undefined, now).dueAt).toBe(now + 60_000);
});
