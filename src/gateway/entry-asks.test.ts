// How often one entry is answered, by itself; over HTTP: gateway.test.ts.

import { expect, test } from "bun:test";
import { newId } from "../foundation/ids.ts";
import { Refusal } from "../http/respond.ts";
import { openEntryAsks } from "./entry-asks.ts";

const onSaleId = newId("on-sale");

function refusedOf(ask: () => void): number | undefined {
  try {
    ask();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal && error.code === "asked-too-often") {
      return error.extra?.retryAfterMs;
    }
    throw error;
  }
}

test("[Y2] so many in a span, each entry and each line for itself, and anew in the next span", () => {
  let at = 500;
  const asks = openEntryAsks({ asks: 3, spanMs: 1_000 }, () => at);
  const ask = (index: number, line = onSaleId) => refusedOf(() => asks.count(line, index));
  expect([ask(7), ask(7), ask(7)]).toEqual([undefined, undefined, undefined]);
  at = 900;
  expect([ask(7), ask(8), ask(7, newId("on-sale"))]).toEqual([600, undefined, undefined]);
  // Growing for a place far behind forgets nobody.
  expect([ask(1_000_000), ask(7)]).toEqual([undefined, 600]);
  expect(asks.bounds()["entry_asks"]?.size).toBe(2 ** 20 + 1_024);
  at = 1_500;
  expect([ask(7), ask(7), ask(7), ask(7)]).toEqual([undefined, undefined, undefined, 1_000]);
  expect(asks.bounds()["entry_asks"]?.size).toBe(1_024);
});

test("[Y2] what it keeps is bounded, also where many lines are long", () => {
  const asks = openEntryAsks({ asks: 1, spanMs: 1_000 }, () => 0);
  for (let nth = 0; nth < 12; nth++) asks.count(newId("on-sale"), 2 ** 24 - 1);
  const { size, limit } = asks.bounds()["entry_asks"] ?? { size: 0, limit: 0 };
  expect(size).toBe(limit);
});

test("an entry that is not counted asks as often as it likes", () => {
  const asks = openEntryAsks(undefined);
  for (let nth = 0; nth < 1_000; nth++) asks.count(onSaleId, 0);
  expect(asks.bounds()["entry_asks"]?.size).toBe(0);
});
