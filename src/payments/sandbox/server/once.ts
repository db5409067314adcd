// What every changing call goes through, whichever protocol it came in: the stored answer of a repeated
// idempotency key, then the weather (behaviour.ts), the effect with its answer and webhook as one line
// in the ledger, and the disk before the answer. The protocols differ in what they say of a key that
// comes again with another body, or while its first call runs, and in whether they keep an answer 500.
//
// Keeps: one key, one effect; nobody is told what a kill could take back (reads wait for the disk too).

import { createHash, randomBytes } from "node:crypto";
import type { Rule, Weather } from "./behaviour.ts";
import type { Journal } from "./journal.ts";
import type { Ledger, SandboxPayment, StoredAnswer } from "./ledger.ts";
import { type Answer, answer } from "./requests.ts";
import { webhookBody } from "./webhook-bodies.ts";
import type { WebhookSender } from "./webhooks.ts";

export type Desk = {
  ledger: Ledger;
  journal: Journal;
  weather: Weather;
  webhooks: WebhookSender;
  /** Idempotency keys whose first call has not been answered yet. */
  running: Set<string>;
  slowMs: number;
  now: () => number;
  /** The address at which the fan's browser finds the hosted page. */
  publicUrl: () => string;
};

/** How a protocol treats idempotency keys. */
export type KeyRules = {
  /** Undefined: another body under a known key gets the first answer all the same. */
  reused: Answer | undefined;
  /** While the first call under the key runs; undefined: it is simply done. */
  running: Answer | undefined;
  /** An error of ours is an answer like any other, and repeated. */
  keepsErrors: boolean;
  error: (message: string) => Answer;
};

export type Call = { request: Request; key: string | undefined; body: string; rules: KeyRules };
export type Effect = { payment?: SandboxPayment; reply: Answer };

const replayed = { "idempotent-replayed": "true" };

export async function once(
  desk: Desk,
  call: Call,
  weather: () => Rule | undefined,
  act: (rule: Rule | undefined) => Effect,
): Promise<Answer> {
  const { key, rules } = call;
  const bodyHash = createHash("sha256").update(call.body).digest("base64url");
  const stored = key === undefined ? undefined : desk.ledger.answer(key);
  if (stored !== undefined) {
    await desk.journal.settled();
    if (stored.bodyHash !== bodyHash && rules.reused !== undefined) return rules.reused;
    return answer(stored.status, stored.body, replayed);
  }
  if (key === undefined || rules.running === undefined)
    return perform(desk, call, { bodyHash, weather, act });
  if (desk.running.has(key)) return rules.running;
  desk.running.add(key);
  try {
    return await perform(desk, call, { bodyHash, weather, act });
  } finally {
    desk.running.delete(key);
  }
}

async function perform(
  desk: Desk,
  { request, key, rules }: Call,
  {
    bodyHash,
    weather,
    act,
  }: { bodyHash: string; weather: () => Rule | undefined; act: (rule: Rule | undefined) => Effect },
): Promise<Answer> {
  const rule = weather();
  if (rule?.conduct === "silent-before") await silence(desk, request);
  if (rule?.conduct === "silent-late") {
    setTimeout(() => {
      const { payment } = act(rule);
      if (payment !== undefined) keep(desk, payment);
    }, rule.delayMs);
    await silence(desk, request);
  }
  const broken = rule?.conduct === "error-before" || rule?.conduct === "error-after";
  const error = rules.error(`bad weather: ${rule?.conduct}`);
  const kept = (reply: Answer): StoredAnswer | undefined => {
    const told = broken && rules.keepsErrors ? error : reply;
    return key === undefined ? undefined : { key, bodyHash, status: told.status, body: told.body };
  };
  if (rule?.conduct === "error-before") {
    const stored = rules.keepsErrors ? kept(error) : undefined;
    if (stored !== undefined) desk.ledger.commit({ kind: "answer", answer: stored });
    await desk.journal.settled();
    return error;
  }
  const { payment, reply } = act(rule);
  const stored = kept(reply);
  // A conflict changed nothing and is not kept: the same key may succeed once the world has changed.
  if (payment !== undefined) keep(desk, payment, stored);
  else if (stored !== undefined && reply.status !== 409)
    desk.ledger.commit({ kind: "answer", answer: stored });
  await desk.journal.settled();
  if (rule?.conduct === "silent-after") await silence(desk, request);
  if (rule?.conduct === "slow") await Bun.sleep(rule.delayMs);
  return rule?.conduct === "error-after" ? error : reply;
}

/** Writes a changed payment, the answer that goes with it, and the webhook that is now owed. */
export function keep(desk: Desk, payment: SandboxPayment, stored?: StoredAnswer): void {
  const createdAt = desk.now();
  const id = `evt_${randomBytes(16).toString("hex")}`;
  const body = webhookBody(payment, { id, createdAt });
  const webhook =
    body === undefined
      ? undefined
      : { id, paymentId: payment.id, createdAt, body, dialect: payment.dialect };
  desk.ledger.commit({
    kind: "payment",
    payment,
    ...(webhook === undefined ? {} : { webhook }),
    ...(stored === undefined ? {} : { answer: stored }),
  });
  if (webhook !== undefined) desk.webhooks.send(webhook, payment.order);
}

export async function read(
  desk: Desk,
  request: Request,
  rule: Rule | undefined,
  look: () => Answer,
): Promise<Answer> {
  if (rule?.conduct === "silent-before" || rule?.conduct === "silent-after")
    await silence(desk, request);
  if (rule?.conduct === "error-before" || rule?.conduct === "error-after")
    return answer(500, { error: { code: "internal", message: "bad weather" } });
  if (rule?.conduct === "slow") await Bun.sleep(rule.delayMs);
  const found = look();
  await desk.journal.settled();
  return found;
}

export function rulesOf(desk: Desk, rule: Rule | undefined) {
  const declineCode = rule?.conduct === "decline" ? (rule.code ?? "card-declined") : undefined;
  return { now: desk.now(), declineCode };
}

/** Never answers: until the caller hangs up, the weather is cleared, or the longest delay is over. */
async function silence({ weather }: Desk, request: Request): Promise<void> {
  const longestMs = 120_000;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, longestMs);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    request.signal.addEventListener("abort", end);
    void weather.cleared().then(end);
  });
  throw new Error("a call that is never answered has come to its end");
}
