// Requests that are done once (ports/requests/once.ts). A lock on caller and key is held as long as the
// transaction: whoever does not get it is told that the first one is still under way.

import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";
import { keptMs, type Making, type NamedRequest, type Once } from "../../../ports/requests/once.ts";
import { openCatalog } from "../catalog/catalog.ts";
import { type Database, statement } from "../database.ts";
import { openCodeBatches } from "../line/code-batches.ts";
import { openOriginKeys } from "../line/origin-keys.ts";
import { openOperators } from "../operators.ts";
import { openCancellations } from "../refunds/cancellations.ts";
import { openDoorStore } from "../tickets/door-store.ts";

const sql = {
  lock: statement(
    "once-lock",
    `select pg_try_advisory_xact_lock(hashtextextended('once ' || $1 || ' ' || $2, 0)) as locked`,
  ),
  read: statement(
    "once-read",
    `select body_hash as "bodyHash", answer from answered_requests
     where caller = $1 and key_hash = $2 and at > now_ms() - $3::bigint`,
  ),
  write: statement(
    "once-write",
    `with lapsed as (
       delete from answered_requests where at <= now_ms() - $5::bigint)
     insert into answered_requests (caller, key_hash, body_hash, answer) values ($1, $2, $3, $4)
     on conflict (caller, key_hash) do update
       set body_hash = excluded.body_hash, answer = excluded.answer, at = now_ms()`,
  ),
};

export function openOnce(database: Database): Once {
  return async (request, make) => {
    const { caller, key, bodyHash } = request;
    const keyHash = createHash("sha256").update(`${caller} ${key}`).digest("base64url");
    let refusal: { cause: unknown } | undefined;
    try {
      return await database.together(async (inside) => {
        refusal = undefined;
        const [lock] = await inside.rows<{ locked: boolean }>(sql.lock, [caller, keyHash]);
        if (lock?.locked !== true) return { kind: "in-flight" };
        type Row = { bodyHash: string; answer: string };
        const [before] = await inside.rows<Row>(sql.read, [caller, keyHash, keptMs]);
        if (before !== undefined && before.bodyHash !== bodyHash) return { kind: "key-reused" };
        if (before !== undefined)
          return { kind: "repeated", answer: unseal(request, before.answer) };
        const answer = await make(storesIn(inside)).catch((cause: unknown) => {
          refusal = { cause };
          throw cause;
        });
        await inside.rows(sql.write, [caller, keyHash, bodyHash, seal(request, answer), keptMs]);
        return { kind: "made", answer };
      });
    } catch (error) {
      // What was thrown inside is the caller's own, not a fault of the database.
      throw refusal === undefined ? error : refusal.cause;
    }
  };
}

function storesIn(inside: Database): Making {
  return {
    catalog: openCatalog(inside),
    operators: openOperators(inside),
    originKeys: openOriginKeys(inside),
    codeBatches: openCodeBatches(inside),
    door: openDoorStore(inside),
    cancellations: openCancellations(inside),
  };
}

const ivLength = 12;
const tagLength = 16;

function sealingKey({ caller, key }: NamedRequest): Buffer {
  return Buffer.from(hkdfSync("sha256", key, caller, "usher answered request", 32));
}

function seal(request: NamedRequest, answer: object): string {
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv("aes-256-gcm", sealingKey(request), iv);
  const sealed = [cipher.update(JSON.stringify(answer), "utf8"), cipher.final()];
  return Buffer.concat([iv, cipher.getAuthTag(), ...sealed]).toString("base64url");
}

function unseal(request: NamedRequest, text: string): object {
  const bytes = Buffer.from(text, "base64url");
  const tagEnd = ivLength + tagLength;
  const decipher = createDecipheriv(
    "aes-256-gcm",
    sealingKey(request),
    bytes.subarray(0, ivLength),
  );
  decipher.setAuthTag(bytes.subarray(ivLength, tagEnd));
  const opened = [decipher.update(bytes.subarray(tagEnd)), decipher.final()];
  return JSON.parse(Buffer.concat(opened).toString("utf8")) as object;
}
