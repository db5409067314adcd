// Card numbers of the sandbox provider and what each does. All of them pass the Luhn check, none is
// a real card. Pages fetch this list from the provider itself (GET /v1/test-cards).

import type { Words } from "../../wire/contract.ts";

export type CardBehaviour =
  | "approve"
  | "decline"
  | "insufficient-funds"
  | "authenticate"
  | "authenticate-then-decline"
  | "slow"
  | "silent-authorize"
  | "silent-capture"
  | "capture-refused"
  | "error-once";

export type TestCard = { number: string; behaviour: CardBehaviour; name: Words };

const card = (number: string, behaviour: CardBehaviour, ko: string, en: string): TestCard => ({
  number,
  behaviour,
  name: { ko, en },
});

export const testCards: readonly TestCard[] = [
  card("4242424242424242", "approve", "승인", "Approved"),
  card("4000000000000002", "decline", "거절", "Declined"),
  card("4000000000009995", "insufficient-funds", "잔액 부족", "Insufficient funds"),
  card("4000000000003220", "authenticate", "추가 인증 필요", "Extra authentication needed"),
  card(
    "4000008400001629",
    "authenticate-then-decline",
    "인증 뒤 거절",
    "Declined after authentication",
  ),
  card("4000000000005126", "slow", "느린 응답", "Slow answer"),
  card("4000000000000119", "silent-authorize", "승인 후 무응답", "No answer after authorizing"),
  card("4000000000006975", "silent-capture", "결제 후 무응답", "No answer after taking the money"),
  card("4000000000000341", "capture-refused", "매입 거절", "Capture refused"),
  card("4000000000000259", "error-once", "첫 시도 오류", "Error on the first try"),
];

export function behaviourOf(number: string): CardBehaviour | undefined {
  return testCards.find((known) => known.number === number)?.behaviour;
}
