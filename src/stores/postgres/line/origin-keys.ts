// Origin keys in PostgreSQL. Keeps: a nonce is used once, whichever process meets it (the primary key
// decides); the database holds only the half of a key that checks commands, so a copy of it opens no
// shop. Nonces are thrown away once their timestamp would no longer be believed.

import { Fault } from "../../../foundation/fault.ts";
import type { OriginKeyRow, OriginKeys } from "../../../ports/keys.ts";
import { type Database, statement } from "../database.ts";

/** Longer than a command's timestamp is believed, in both directions (gateway/origin.ts). */
const keepNoncesMs = 300_000;
const sweepEvery = 1_000;
const listLimit = 200;

const columns = `key_id as "keyId", name, created_at as "createdAt", revoked_at as "revokedAt"`;
const sql = {
  add: statement(
    "origin-key-add",
    `insert into origin_keys (key_id, name, command_secret) values ($1, $2, $3) returning ${columns}`,
  ),
  list: statement(
    "origin-key-list",
    `select ${columns} from origin_keys order by created_at desc, key_id limit $1`,
  ),
  revoke: statement(
    "origin-key-revoke",
    `update origin_keys set revoked_at = now_ms() where key_id = $1 and revoked_at is null
     returning key_id`,
  ),
  secrets: statement(
    "origin-key-secrets",
    `select key_id as "keyId", command_secret as secret from origin_keys where revoked_at is null
     order by created_at desc, key_id limit $1`,
  ),
  spend: statement(
    "origin-nonce-spend",
    `insert into origin_nonces (key_id, nonce) values ($1, $2) on conflict do nothing returning nonce`,
  ),
  sweep: statement(
    "origin-nonce-sweep",
    `delete from origin_nonces where at < now_ms() - $1::bigint`,
  ),
};

type Row = Omit<OriginKeyRow, "revokedAt"> & { revokedAt: number | null };
const toKey = (row: Row): OriginKeyRow => ({ ...row, revokedAt: row.revokedAt ?? undefined });

export function openOriginKeys(database: Database): OriginKeys {
  let spent = 0;
  return {
    async add({ keyId, name, commandSecret }) {
      const secret = Buffer.from(commandSecret).toString("base64url");
      const [row] = await database.rows<Row>(sql.add, [keyId, name, secret]);
      if (row === undefined) throw new Fault("origin-key-not-made", "no row came back");
      return toKey(row);
    },
    async list() {
      return (await database.rows<Row>(sql.list, [listLimit])).map(toKey);
    },
    async revoke(keyId) {
      return (await database.rows(sql.revoke, [keyId])).length > 0;
    },
    async commandSecrets() {
      type Secret = { keyId: string; secret: string };
      const rows = await database.rows<Secret>(sql.secrets, [listLimit]);
      return new Map(
        rows.map(({ keyId, secret }) => [keyId, new Uint8Array(Buffer.from(secret, "base64url"))]),
      );
    },
    async spend(keyId, nonce) {
      if (spent++ % sweepEvery === 0) await database.rows(sql.sweep, [keepNoncesMs]);
      return (await database.rows(sql.spend, [keyId, nonce])).length > 0;
    },
  };
}
