// Idempotency keys, as the IETF draft describes them: missing → 400, the same key with another body →
// 422. The effect's own idempotency lies where the effect is (hold by request id, order by unique key);
// here is what a request says and was answered, per process and for as long as a client retries: the
// choice of the best seats would choose others the second time.

import { createHash } from "node:crypto";
import type { Call } from "../http/mount.ts";
import { Refusal } from "../http/respond.ts";

const pattern = /^[\x21-\x7e]{8,255}$/;

export function idempotencyKey(call: Call): string {
  const key = call.request.headers.get("idempotency-key");
  if (key === null || !pattern.test(key)) {
    throw new Refusal("idempotency-key-missing", { detail: "8 to 255 visible characters" });
  }
  return key;
}

export function hashOf(body: unknown): string {
  return createHash("sha256").update(JSON.stringify(body)).digest("base64url");
}

const maxRemembered = 50_000;

type Remembered<Answer> = { hash: string; answer: Promise<Answer> | undefined };

/**
 * Does the work once per key and answers a repeat with what was answered, a refusal too; another body
 * under the same key is refused (M1). A fault is no answer: the work may be tried again.
 */
export type AnswerOnce<Answer> = (
  name: { scope: string; key: string; body: unknown },
  work: () => Promise<Answer>,
) => Promise<Answer>;

export function openAnswers<Answer>(): AnswerOnce<Answer> {
  let young = new Map<string, Remembered<Answer>>();
  let old = new Map<string, Remembered<Answer>>();
  return ({ scope, key, body }, work) => {
    const name = `${scope} ${key}`;
    const hash = hashOf(body);
    const before = young.get(name) ?? old.get(name);
    if (before !== undefined && before.hash !== hash) throw new Refusal("idempotency-key-reused");
    if (before?.answer !== undefined) return before.answer;
    if (young.size >= maxRemembered) {
      old = young;
      young = new Map();
    }
    const kept: Remembered<Answer> = { hash, answer: work() };
    young.set(name, kept);
    kept.answer?.catch((error: unknown) => {
      if (!(error instanceof Refusal)) kept.answer = undefined;
    });
    return kept.answer as Promise<Answer>;
  };
}
