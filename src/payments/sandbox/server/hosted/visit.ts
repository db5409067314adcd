// What a fan does on the provider's page, and where the browser goes from there. The way back carries
// what the protocol of the payment puts into it; the merchant believes none of it without asking.

import { behaviourOf } from "../../test-cards.ts";
import type { SandboxPayment } from "../ledger.ts";
import { type Desk, keep } from "../once.ts";
import { authenticate, chooseCard } from "../operations.ts";
import { tossFailure, tossSuccess } from "../toss/shapes.ts";
import { hostedPage, languageOf } from "./page.ts";

export async function visit(desk: Desk, request: Request, url: URL): Promise<Response> {
  const token = url.pathname.slice("/authenticate/".length);
  const payment = desk.ledger.byActionToken(token);
  const language = languageOf(url, request.headers);
  if (payment === undefined || request.method !== "POST") return hostedPage(payment, language);
  const text = await request.text();
  const given = new URLSearchParams(text.length > 1_000 ? "" : text);
  const after = change(desk, payment, given);
  if (after === undefined) return hostedPage(payment, language);
  await desk.journal.settled();
  const stays = after.state === "requires-action" && given.get("answer") !== "leave";
  if (stays && payment.dialect !== "sandbox" && !leaves(after, given))
    return hostedPage(after, language);
  return new Response(null, { status: 303, headers: { location: wayBack(after, given) } });
}

/** @returns the payment as it is then; undefined: an answer that was not asked for. */
function change(
  desk: Desk,
  payment: SandboxPayment,
  given: URLSearchParams,
): SandboxPayment | undefined {
  const answer = given.get("answer");
  const options = { now: desk.now(), late: payment.dialect === "toss" };
  if (payment.behaviour === undefined) {
    if (answer === "leave") return payment;
    const behaviour = behaviourOf(given.get("card") ?? "");
    if (behaviour === undefined) return undefined;
    const chosen = chooseCard(payment, behaviour, options);
    if (chosen.kind === "changed") keep(desk, chosen.payment);
    return chosen.payment;
  }
  if (answer !== "approve" && answer !== "refuse") return undefined;
  const outcome = authenticate(payment, answer === "approve", options.now);
  if (outcome.kind === "changed") keep(desk, outcome.payment);
  return outcome.payment;
}

/** A fan who does not prove the payment leaves Toss's window; Stripe's page offers another card. */
function leaves({ dialect }: SandboxPayment, given: URLSearchParams): boolean {
  return dialect === "toss" && given.get("answer") === "refuse";
}

function wayBack(payment: SandboxPayment, given: URLSearchParams): string {
  const { dialect, returnUrl, failUrl = returnUrl } = payment;
  if (dialect === "toss")
    return payment.state === "authorized" ? tossSuccess(payment) : tossFailure(payment);
  return given.get("answer") === "leave" ? failUrl : returnUrl;
}
