// The engine alone, on tables of one row.

import { expect, test } from "bun:test";
import { Fault } from "../foundation/fault.ts";
import { newId } from "../foundation/ids.ts";
import type { Leased, Order, OrderChange } from "../ports/order-store.ts";
import { drive, type Engine, step } from "./saga.ts";

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

test("any other fault is the caller's, and nothing is written", async () => {
  const { engine, changes } = engineOf();
  const broken = captureBy(async () => {
    throw new Fault("database-away", "", { retryable: true });
  });
  await expect(drive([broken], engine, {}, leased)).rejects.toThrow();
  expect(changes).toEqual([]);
});
