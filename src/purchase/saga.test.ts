// The engine alone, on tables of one row.

import { describe, expect, test } from "bun:test";
import { Fault } from "../foundation/fault.ts";
import { newId } from "../foundation/ids.ts";
import type { Leased, Order, OrderChange } from "../ports/order-store.ts";
import { drive, type Engine, step, type StepRow } from "./saga.ts";

const order: Order = {
  orderId: newId("order"),
  onSaleId: newId("on-sale"),
  performanceId: newId("performance"),
  entryId: newId("entry"),
  holdId: newId("hold"),
  state: "capturing",
  version: 3,
  attempt: 1,
  amount: { amount: 1, currency: "KRW" },
  buyer: { name: "Kim", email: "kim@example.test", locale: "ko" },
  lines: [],
  deadline: 1_000_000,
  payment: undefined,
  reason: undefined,
  createdAt: 0,
  updatedAt: 0,
};
const leased: Leased = { order, leaseToken: "token", until: 100_000 };

function engineOf() {
  const changes: OrderChange[] = [];
  const engine: Engine = {
    store: {
      async record({ order: before }, change) {
        changes.push(change);
        const after = { ...before, state: change.state, version: before.version + 1 };
        return { kind: "recorded", order: after, truths: [] };
      },
    },
    now: () => 50_000,
    reach: () => undefined,
    tell: async () => {},
  };
  return { engine, changes };
}

const captureBy = (call: () => Promise<{ kind: "captured" }>) =>
  step({
    step: "capture",
    kind: "pivot",
    says: "",
    at: { order: ["capturing"] },
    call,
    on: { captured: () => ({ state: "issuing" }) },
  });

test("a call that the provider's line had no room for was not made: the order waits as it is", async () => {
  const { engine, changes } = engineOf();
  const full = captureBy(async () => {
    throw new Fault("provider-line-full", "", { retryable: true });
  });
  expect(await drive([full], engine, {}, leased)).toMatchObject({ state: "capturing" });
  expect(changes).toEqual([{ state: "capturing", dueAt: 52_000 }]);
});

describe("a step that joins", () => {
  const captured: OrderChange = { state: "issuing", keepLease: true };
  const capture = step({
    step: "capture",
    kind: "pivot",
    says: "",
    at: { order: ["capturing"] },
    call: async () => ({ kind: "captured" as const }),
    on: { captured: () => captured },
  });
  const issueBy = (call: StepRow<unknown, { kind: "issued" | "impossible" }>["call"]) =>
    step({
      step: "issue",
      kind: "retried",
      says: "",
      at: { order: ["issuing"] },
      joins: true,
      call,
      on: { issued: () => undefined, impossible: () => ({ state: "refunding" }) },
    });

  test("commits the answer before it together with its own", async () => {
    const { engine, changes } = engineOf();
    const given: unknown[] = [];
    const issue = issueBy(async (_world, { order: { state, version } }, answer) => {
      given.push({ state, version, answer });
      return { kind: "issued" };
    });
    await drive([capture, issue], engine, {}, leased);
    expect(given).toEqual([{ state: "issuing", version: 3, answer: captured }]);
    expect(changes).toEqual([]);
  });

  test("leaves the answer to be committed alone where it has nothing to commit", async () => {
    const { engine, changes } = engineOf();
    const issue = issueBy(async () => ({ kind: "impossible" }));
    const order = await drive([capture, issue], engine, {}, leased);
    expect(changes).toEqual([captured, { state: "refunding", keepLease: false }]);
    expect(order).toMatchObject({ state: "refunding", version: 5 });
  });

  test("has no answer to commit where the order was already there", async () => {
    const { engine } = engineOf();
    const given: unknown[] = [];
    const issue = issueBy(async (_world, _leased, answer) => {
      given.push(answer);
      return { kind: "issued" };
    });
    const there = { ...leased, order: { ...order, state: "issuing" as const } };
    await drive([capture, issue], engine, {}, there);
    expect(given).toEqual([undefined]);
  });
});

test("any other fault is the caller's, and nothing is written", async () => {
  const { engine, changes } = engineOf();
  const broken = captureBy(async () => {
    throw new Fault("database-away", "", { retryable: true });
  });
  await expect(drive([broken], engine, {}, leased)).rejects.toThrow();
  expect(changes).toEqual([]);
});
