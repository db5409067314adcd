// The keys of this installation: made on first use, kept in PostgreSQL, so that a restart or another
// process costs nobody a place. Keeps (Q11): a key verifies from the moment it exists and for ever,
// and signs only once every process has had time to learn it; so a rotation refuses no token, old or
// new. Numbers (`kid`) count up per purpose. Whoever can read the table can sign: guard its backups.

import { randomBytes } from "node:crypto";
import { assert } from "../../foundation/assert.ts";
import { type SealingKey, sealingKeys } from "../../foundation/sealed-bytes.ts";
import type {
  KeyPurpose,
  Keys,
  PublicKey,
  SealingPurpose,
  SigningKeys,
  SigningPurpose,
} from "../../ports/keys.ts";
import { type Database, type Runner, statement } from "./database.ts";

const cacheMs = 10_000;
/** Long enough for every cache, and for a verifier that reads the published keys once a minute. */
const overlapMs = 120_000;

type KeyRow = { kid: number; secret: string; public: string | null; signs: boolean };

const readKeys = statement(
  "keys-read",
  `select kid, secret, public, signs_at <= now_ms() as signs from keys
   where purpose = $1 order by kid desc`,
);
const lockKeys = statement("keys-lock", "select pg_advisory_xact_lock(7411002)");
const addKey = statement(
  "keys-add",
  `insert into keys (purpose, kid, secret, public, signs_at)
   select $1, coalesce(max(kid), 0) + 1, $2, $3, now_ms() + $4::bigint from keys where purpose = $1
   returning kid, signs_at as "signsAt"`,
);

export function openKeys(database: Database, now: () => number = Date.now): Keys {
  async function rows(purpose: KeyPurpose): Promise<KeyRow[]> {
    const found = await database.rows<KeyRow>(readKeys, [purpose]);
    return found.length > 0 ? found : await makeFirst(database, purpose);
  }
  const sealing = cached(now, async (purpose: SealingPurpose) =>
    sealingKeys(signerFirst(await rows(purpose)).map(toSealingKey)),
  );
  const signing = cached(now, async (purpose: SigningPurpose) =>
    toSigningKeys(purpose, await rows(purpose)),
  );
  return {
    sealing: sealing.get,
    signing: signing.get,
    async rotate(purpose) {
      await rows(purpose);
      const made = await database.transaction(async (tx) => {
        await tx.rows(lockKeys, []);
        return await add(tx, purpose, overlapMs);
      });
      sealing.forget();
      signing.forget();
      return made;
    },
  };
}

/** Two processes that start together make one key between them. */
async function makeFirst(database: Database, purpose: KeyPurpose): Promise<KeyRow[]> {
  return await database.transaction(async (tx) => {
    await tx.rows(lockKeys, []);
    const found = await tx.rows<KeyRow>(readKeys, [purpose]);
    if (found.length > 0) return found;
    await add(tx, purpose, 0);
    return await tx.rows<KeyRow>(readKeys, [purpose]);
  });
}

async function add(
  tx: Runner,
  purpose: KeyPurpose,
  afterMs: number,
): Promise<{ kid: number; signsAt: number }> {
  const { secret, publicX } = await newKey(purpose);
  const [made] = await tx.rows<{ kid: number; signsAt: number }>(addKey, [
    purpose,
    secret,
    publicX,
    afterMs,
  ]);
  assert(made !== undefined, "a key was added");
  return made;
}

async function newKey(
  purpose: KeyPurpose,
): Promise<{ secret: string; publicX: string | undefined }> {
  if (purpose === "queue-token" || purpose === "shop-session") {
    return { secret: randomBytes(32).toString("base64url"), publicX: undefined };
  }
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  assert("privateKey" in pair, "Ed25519 makes a pair");
  const { d, x } = await crypto.subtle.exportKey("jwk", pair.privateKey);
  assert(d !== undefined && x !== undefined, "an Ed25519 key has d and x");
  return { secret: d, publicX: x };
}

/** The newest key that signs comes first; keys that do not sign yet follow with the old ones. */
function signerFirst(rows: readonly KeyRow[]): KeyRow[] {
  const signer = rows.find(({ signs }) => signs);
  assert(signer !== undefined, "one key signs from the start");
  return [signer, ...rows.filter((row) => row !== signer)];
}

function toSealingKey({ kid, secret }: KeyRow): SealingKey {
  return { kid, secret: new Uint8Array(Buffer.from(secret, "base64url")) };
}

async function toSigningKeys(
  purpose: SigningPurpose,
  rows: readonly KeyRow[],
): Promise<SigningKeys> {
  const publicKeys = signerFirst(rows).map(({ kid, public: x }): PublicKey => {
    assert(x !== null, `key ${purpose} ${kid} has a public half`);
    return { kty: "OKP", crv: "Ed25519", kid: `${purpose}-${kid}`, x };
  });
  const [first] = publicKeys;
  const [row] = signerFirst(rows);
  assert(first !== undefined && row !== undefined, "one key signs");
  const { kty, crv, x } = first;
  const privateKey = await crypto.subtle.importKey(
    "jwk",
    { kty, crv, x, d: row.secret },
    "Ed25519",
    false,
    ["sign"],
  );
  return { signer: { kid: first.kid, privateKey }, publicKeys };
}

/** Remembers each answer for `cacheMs`; a failure is forgotten at once. */
function cached<Purpose extends KeyPurpose, T>(
  now: () => number,
  load: (purpose: Purpose) => Promise<T>,
): { get(purpose: Purpose): Promise<T>; forget(): void } {
  const kept = new Map<Purpose, { at: number; answer: Promise<T> }>();
  return {
    get(purpose) {
      const found = kept.get(purpose);
      if (found !== undefined && now() - found.at < cacheMs) return found.answer;
      const entry = { at: now(), answer: load(purpose) };
      kept.set(purpose, entry);
      entry.answer.catch(() => {
        if (kept.get(purpose) === entry) kept.delete(purpose);
      });
      return entry.answer;
    },
    forget: () => kept.clear(),
  };
}
