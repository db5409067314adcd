// Idempotency keys, as the IETF draft describes them (draft-ietf-httpapi-idempotency-key-header):
// missing → 400, the same key with another body → 422, its first request still under way → 409 and told
// to wait. What a request was answered is kept with its effect, in PostgreSQL and in the effect's own
// transaction: a box office keeps nothing that another lacks. Which routes take a key, and why the
// others need none: wire/repeats/repeats.ts.

import { createHash } from "node:crypto";
import type { z } from "zod";
import type { Call } from "../http/mount.ts";
import { check, readJson } from "../http/read-body.ts";
import { json, Refusal } from "../http/respond.ts";
import type { Making, Once } from "../ports/requests/once.ts";
import type { Seated, SeatedHandler } from "./desk/sign-in/operator-guard.ts";

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

const bodyLimitBytes = 64 * 1024;

/** An operator's request that makes something: done once, and answered the same whenever it is repeated. */
export function makesOnce<Schema extends z.ZodType>(
  once: Once,
  schema: Schema,
  make: (call: Seated & { body: z.output<Schema> }, stores: Making) => Promise<object>,
): SeatedHandler {
  return async (call) => {
    const key = idempotencyKey(call);
    const isEmpty = call.request.body === null;
    const body = isEmpty ? check(schema, {}) : await readJson(call.request, schema, bodyLimitBytes);
    const request = {
      caller: call.operator.operatorId,
      key,
      bodyHash: hashOf([new URL(call.request.url).pathname, body]),
    };
    const reply = await once(request, (stores) => make({ ...call, body }, stores));
    if (reply.kind === "key-reused") throw new Refusal("idempotency-key-reused");
    if (reply.kind === "in-flight")
      throw new Refusal("idempotency-key-busy", { retryAfterMs: 1_000 });
    return json(reply.answer, 201);
  };
}
