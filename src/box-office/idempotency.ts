// Idempotency keys, as the IETF draft describes them: missing → 400, the same key with another body →
// 422. The effect's own idempotency lies where the effect is (hold by request id, order by unique key);
// here is only what a request says. Bodies are remembered per process for as long as a client retries.

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

/** Remembers which body came with which key; throws when another one comes with it. */
export function openBodyMemory(): (scope: string, key: string, body: unknown) => void {
  let young = new Map<string, string>();
  let old = new Map<string, string>();
  return (scope, key, body) => {
    const name = `${scope} ${key}`;
    const hash = hashOf(body);
    const before = young.get(name) ?? old.get(name);
    if (before !== undefined && before !== hash) throw new Refusal("idempotency-key-reused");
    if (young.size >= maxRemembered) {
      old = young;
      young = new Map();
    }
    young.set(name, hash);
  };
}
