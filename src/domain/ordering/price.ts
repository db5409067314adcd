// Money is an integer in minor units (₩1 = 1, $1 = 100) with its currency; the price of an order is the
// sum of its lines and nothing else. No amount sent by a client ever comes here (S9). Writing an amount
// for people is the pages' duty (Intl).

import { assert } from "../../foundation/assert.ts";

export type Money = { amount: number; currency: string };

/** Far above any order; below it sums of many orders stay exact integers. */
const largestAmount = 1_000_000_000_000;

export function money(amount: number, currency: string): Money {
  assert(Number.isSafeInteger(amount), `an amount is an integer in minor units, not ${amount}`);
  assert(amount >= 0 && amount <= largestAmount, `amount ${amount} is out of bounds`);
  assert(/^[A-Z]{3}$/.test(currency), `currency ${currency} is not three capital letters`);
  return { amount, currency };
}

/** Sum of the lines' prices; an order has at least one line, and one currency. */
export function totalOf(prices: readonly Money[]): Money {
  const first = prices[0];
  assert(first !== undefined, "an order has at least one line");
  let amount = 0;
  for (const price of prices) {
    assert(price.currency === first.currency, `${price.currency} among ${first.currency}`);
    amount += money(price.amount, price.currency).amount;
  }
  return money(amount, first.currency);
}

export function sameMoney(a: Money, b: Money): boolean {
  return a.amount === b.amount && a.currency === b.currency;
}
