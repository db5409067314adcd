// The shop's word for an account against the golden vectors and against node:crypto, which shares no line
// with ours.

import { expect, test } from "bun:test";
import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { fromBase64Url } from "../base64url.ts";
import { type IdentityReading, longestIdentityMs, readIdentity, signIdentity } from "./identity.ts";
import { macKey } from "./origin-key.ts";

type Vectors = {
  originKey: string;
  keyId: string;
  commandSecret: string;
  onSale: string;
  now: number;
  cases: { says: IdentityReading["kind"]; accountId?: string; text: string }[];
};
const vectors: Vectors = JSON.parse(
  readFileSync(new URL("../../vectors/identity.json", import.meta.url), "utf8"),
);
const { onSale, now, keyId, originKey } = vectors;
const secret = fromBase64Url(vectors.commandSecret, 43) ?? new Uint8Array();
const keyOf = async (id: string) => (id === keyId ? await macKey(secret) : undefined);
const accountOf = (accountId: string) =>
  createHash("sha256").update(`usher-account-1\n${onSale}\n${accountId}`).digest("base64url");

test("every word of the vectors is read as they say", async () => {
  const kinds = new Set<string>();
  for (const { says, accountId, text } of vectors.cases) {
    const reading = await readIdentity(text, onSale, { keyOf, now });
    kinds.add(reading.kind);
    expect(reading).toEqual(
      says === "valid" ? { kind: says, account: accountOf(accountId ?? "") } : { kind: says },
    );
  }
  expect([...kinds].sort()).toEqual(["expired", "forged", "malformed", "unknown-key", "valid"]);
});

test("a word is what anybody computes with SHA-256 and HMAC, and ours byte by byte", async () => {
  for (const { says, accountId = "", text } of vectors.cases) {
    if (says !== "valid") continue;
    const account = accountOf(accountId);
    const validUntil = Number(text.split(".")[2]);
    const lines = ["usher-identity-1", onSale, account, validUntil].join("\n");
    const byHand = createHmac("sha256", secret).update(lines).digest("base64url");
    expect(text).toBe([keyId, account, validUntil, byHand].join("."));
    const validMs = validUntil - now;
    expect(await signIdentity(originKey, { onSale, accountId, now, validMs })).toBe(text);
  }
});

test("it lives as long as it says, never longer than an hour, and a minute's wrong clock is forgiven", async () => {
  const text = await signIdentity(originKey, { onSale, accountId: "fan", now, validMs: 1_000 });
  const at = async (instant: number, word = text) =>
    (await readIdentity(word, onSale, { keyOf, now: instant })).kind;
  expect([await at(now + 999), await at(now + 1_000)]).toEqual(["valid", "expired"]);
  const longest = await signIdentity(originKey, { onSale, accountId: "fan", now, validMs: 1e12 });
  expect(Number(longest.split(".")[2])).toBe(now + longestIdentityMs);
  expect([await at(now - 60_000, longest), await at(now - 60_001, longest)]).toEqual([
    "valid",
    "expired",
  ]);
});

test("an account that cannot be, and a key that is none, are refused; neither is in the message", async () => {
  for (const accountId of ["", "x".repeat(257)]) {
    const refused = signIdentity(originKey, { onSale, accountId, now });
    await expect(refused).rejects.toThrow("accountId is empty or longer than 256 characters");
  }
  const refused = signIdentity("usher_ok_secret", { onSale, accountId: "fan", now });
  await expect(refused).rejects.toThrow("originKey is not a key made at the desk");
  await refused.catch((error: unknown) => expect(String(error)).not.toContain("secret"));
});
