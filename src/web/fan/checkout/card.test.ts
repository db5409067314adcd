import { expect, test } from "bun:test";
import { testCards } from "../../../payments/sandbox/test-cards.ts";
import { looksOf } from "../order/timeline.tsx";
import { luhn, shapeExpiry, shapeNumber, wrongFields } from "./card.ts";

const now = new Date(2026, 10, 22);
const good = { number: "4242 4242 4242 4242", expiry: "11 / 26", code: "123" };

test("every test card of the sandbox passes the form, a mistyped one does not", () => {
  for (const { number } of testCards) {
    expect(wrongFields({ ...good, number: shapeNumber(number) }, now)).toEqual([]);
  }
  expect(luhn("4242424242424243")).toBe(false);
  expect(wrongFields({ ...good, number: "4242 4242 4242 4243" }, now)).toEqual(["number"]);
});

test("a card is good to the end of its month and not a day longer", () => {
  expect(wrongFields(good, now)).toEqual([]);
  expect(wrongFields({ ...good, expiry: "10 / 26" }, now)).toEqual(["expiry"]);
  expect(wrongFields({ ...good, expiry: "13 / 27" }, now)).toEqual(["expiry"]);
  expect(wrongFields({ number: "", expiry: "", code: "" }, now)).toEqual([
    "number",
    "expiry",
    "code",
  ]);
});

test("typing shapes number and date, and backspace gets through the slash", () => {
  expect(shapeNumber("42424242x4242")).toBe("4242 4242 4242");
  expect(shapeNumber("378282246310005")).toBe("3782 822463 10005");
  expect(shapeExpiry("7")).toBe("07");
  expect(shapeExpiry("1226")).toBe("12 / 26");
  expect(shapeExpiry("123")).toBe("12 / 3");
  expect(shapeExpiry("12 / ")).toBe("12");
});

test("an order's steps never go back on its way to the tickets", () => {
  const rank = { failed: 0, ahead: 0, waiting: 1, now: 1, done: 2 };
  const way = ["authorizing", "capturing", "issuing", "confirmed"] as const;
  let before = -1;
  for (const state of way) {
    const { seats, payment, tickets } = looksOf(state);
    const sum = rank[seats] + rank[payment] + rank[tickets];
    expect(sum).toBeGreaterThanOrEqual(before);
    before = sum;
  }
  expect(before).toBe(6);
});
