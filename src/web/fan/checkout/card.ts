// The card as it is typed: shaped, checked, and told to the provider alone. Keeps: nothing of a card
// is ever sent to us, logged or stored; the provider answers with a token that stands for it.

import type { Words } from "../../../wire/contract.ts";
import { paymentPages } from "./payment-config.ts";

export type CardText = { number: string; expiry: string; code: string };
export type CardField = keyof CardText;
export type TestCard = { number: string; behaviour: string; name: Words };

const answerWithinMs = 20_000;

/** Groups of four while typing; American Express writes 4-6-5. */
export function shapeNumber(text: string): string {
  const digits = text.replace(/\D/g, "").slice(0, 19);
  if (/^3[47]/.test(digits)) {
    return [digits.slice(0, 4), digits.slice(4, 10), digits.slice(10, 15)]
      .filter(Boolean)
      .join(" ");
  }
  return digits.replace(/(.{4})(?=.)/g, "$1 ");
}

export function shapeExpiry(text: string): string {
  const digits = text.replace(/\D/g, "").slice(0, 4);
  const month = /^[2-9]/.test(digits) ? `0${digits}`.slice(0, 4) : digits;
  // No slash before the year's first digit: one that comes back by itself cannot be deleted.
  return month.length <= 2 ? month : `${month.slice(0, 2)} / ${month.slice(2)}`;
}

export function wrongFields(card: CardText, now: Date): CardField[] {
  const digits = card.number.replace(/\D/g, "");
  return [
    ...(digits.length >= 12 && luhn(digits) ? [] : (["number"] as const)),
    ...(expires(card.expiry, now) ? [] : (["expiry"] as const)),
    ...(/^\d{3,4}$/.test(card.code) ? [] : (["code"] as const)),
  ];
}

/** A card is good to the end of its month. */
function expires(text: string, now: Date): boolean {
  const [, month, year] = /^(\d{2})\s*\/\s*(\d{2})$/.exec(text) ?? [];
  if (!month || !year) return false;
  const [m, y] = [Number(month), 2000 + Number(year)];
  if (m < 1 || m > 12) return false;
  return y > now.getFullYear() || (y === now.getFullYear() && m >= now.getMonth() + 1);
}

export function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const twice = i % 2 === 1 ? digit * 2 : digit;
    sum += twice > 9 ? twice - 9 : twice;
  }
  return sum % 10 === 0;
}

export type Tokenized =
  | { kind: "token"; paymentMethod: string }
  | { kind: "refused" }
  /** Nothing was paid: the card was not even known yet. */
  | { kind: "away" };

export async function tokenize(card: CardText): Promise<Tokenized> {
  try {
    const response = await fetch(`${cardAddress()}/v1/payment-methods`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      credentials: "omit",
      body: JSON.stringify({
        number: card.number.replace(/\D/g, ""),
        expiry: card.expiry.replace(/\s/g, ""),
        code: card.code,
      }),
      signal: AbortSignal.timeout(answerWithinMs),
    });
    if (response.status >= 500) return { kind: "away" };
    const value: unknown = await response.json();
    if (response.ok && typeof value === "object" && value !== null && "id" in value) {
      return { kind: "token", paymentMethod: String(value.id) };
    }
    return { kind: "refused" };
  } catch {
    return { kind: "away" };
  }
}

function cardAddress(): string {
  const payment = paymentPages();
  return payment.provider === "sandbox" ? payment.origin : "";
}

/** A provider for trying out lists its cards; a real one answers nothing here, and nothing is shown. */
export async function testCards(): Promise<readonly TestCard[]> {
  try {
    const response = await fetch(`${cardAddress()}/v1/test-cards`, { credentials: "omit" });
    const value: unknown = response.ok ? await response.json() : [];
    return Array.isArray(value) ? (value as TestCard[]) : [];
  } catch {
    return [];
  }
}
