import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { migratedPostgres } from "../../../test/support/records.ts";
import type { Keys } from "../../ports/keys.ts";
import { type Database, openDatabase, statement } from "./database.ts";
import { openKeys } from "./keys.ts";

const startSigning = statement("test-start-signing", "update keys set signs_at = now_ms()");

let database: Database;
let other: Database;
beforeAll(async () => {
  const url = await migratedPostgres();
  database = openDatabase(url, { poolSize: 3 });
  other = openDatabase(url, { poolSize: 3 });
});
afterAll(async () => {
  await database.close();
  await other.close();
});

const kids = async (keys: Keys) => (await keys.sealing("queue-token")).map(({ kid }) => kid);

describe("keys", () => {
  test("processes that start together share one key", async () => {
    const all = await Promise.all(
      [database, other, database, other].map((on) => openKeys(on).sealing("queue-token")),
    );
    expect(new Set(all.map((ring) => Buffer.from(ring[0].secret).toString("hex"))).size).toBe(1);
    expect(all[0]?.[0].secret).toHaveLength(32);
  });

  test("a new key opens at once and signs after the overlap; the old one opens for ever", async () => {
    let now = 0;
    const keys = openKeys(database, () => now);
    const elsewhere = openKeys(other, () => now);
    expect(await kids(elsewhere)).toEqual([1]);
    const { kid, signsAt } = await keys.rotate("queue-token");
    expect(kid).toBe(2);
    expect(signsAt).toBeGreaterThan(Date.now());
    expect(await kids(keys)).toEqual([1, 2]);
    expect(await kids(elsewhere)).toEqual([1]);
    now += 10_000;
    expect(await kids(elsewhere)).toEqual([1, 2]);
    await database.rows(startSigning, []);
    now += 10_000;
    expect(await kids(keys)).toEqual([2, 1]);
  });

  test("purposes never share a secret", async () => {
    const keys = openKeys(database);
    const [queue] = await keys.sealing("queue-token");
    const [session] = await keys.sealing("shop-session");
    expect(Buffer.from(queue.secret).equals(Buffer.from(session.secret))).toBe(false);
  });

  test("what the signer signs, the published key verifies, in another process too", async () => {
    const { signer } = await openKeys(database).signing("ticket");
    const { publicKeys } = await openKeys(other).signing("ticket");
    const message = new TextEncoder().encode("row 5, seat 12");
    const signature = await crypto.subtle.sign("Ed25519", signer.privateKey, message);
    const published = publicKeys.find(({ kid }) => kid === signer.kid);
    const key = await crypto.subtle.importKey("jwk", published ?? {}, "Ed25519", true, ["verify"]);
    expect(await crypto.subtle.verify("Ed25519", key, signature, message)).toBe(true);
    expect(JSON.stringify(publicKeys)).not.toContain('"d"');
  });
});
