// Idempotency keys, as the IETF draft describes them: missing → 400, the same key with another body →
// 422. What a request was answered is kept with its effect, in PostgreSQL and in the effect's own
// transaction (hold_requests, orders, pay_requests): a box office keeps nothing that another lacks.

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
