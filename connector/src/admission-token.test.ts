import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import {
  type AdmissionClaims,
  type AdmissionKeySet,
  openKeySet,
  signAdmission,
  verifyAdmission,
} from "./admission-token.ts";
import { fromBase64Url, toBase64Url } from "./base64url.ts";

type Vectors = {
  keySet: AdmissionKeySet;
  privateKey: JsonWebKey;
  cases: {
    name: string;
    token: string;
    expected: { onSale: string; now: number; leewayMs?: number; epoch?: number };
    reading: { kind: string; claims?: AdmissionClaims };
  }[];
};
const vectors: Vectors = JSON.parse(
  readFileSync(new URL("../vectors/admission-token.json", import.meta.url), "utf8"),
);
const verifier = await openKeySet(vectors.keySet);

test("there are vectors for every outcome", () => {
  const kinds = new Set(vectors.cases.map(({ reading }) => reading.kind));
  expect([...kinds].sort()).toEqual(
    [
      "valid",
      "malformed",
      "wrong-kind",
      "unknown-key",
      "forged",
      "other-on-sale",
      "stale-epoch",
      "not-yet",
      "expired",
    ].sort(),
  );
});

for (const { name, token, expected, reading } of vectors.cases) {
  test(`vector: ${name}`, async () => {
    expect(await verifyAdmission(verifier, token, expected)).toEqual(reading as never);
  });
}

test("signing gives the very bytes of the vector (Ed25519 is deterministic)", async () => {
  const valid = vectors.cases[0];
  if (valid?.reading.claims === undefined) throw new Error("the first vector is the valid one");
  const privateKey = await crypto.subtle.importKey("jwk", vectors.privateKey, "Ed25519", false, [
    "sign",
  ]);
  const kid = vectors.keySet.keys[0]?.kid ?? "";
  expect(await signAdmission({ kid, privateKey }, valid.reading.claims)).toBe(valid.token);
  const tooBig = { ...valid.reading.claims, epoch: 2 ** 32 };
  expect(signAdmission({ kid, privateKey }, tooBig)).rejects.toThrow("epoch");
  const badText = { ...valid.reading.claims, entry: "a b" };
  expect(signAdmission({ kid, privateKey }, badText)).rejects.toThrow("bad text");
});

test("no bit of a token can be turned", async () => {
  const valid = vectors.cases[0];
  const bytes = fromBase64Url(valid?.token ?? "", 1024) ?? new Uint8Array();
  expect(bytes.length).toBeGreaterThan(100);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const turned = bytes.slice();
    turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const reading = await verifyAdmission(verifier, toBase64Url(turned), {
      onSale: "os_0000000000000000000001",
      now: 1_800_000_000_000,
    });
    expect({ bit, kind: reading.kind }).not.toEqual({ bit, kind: "valid" });
  }
});

test("a token has one spelling, and base64url agrees with the platform's", () => {
  for (let length = 0; length < 40; length++) {
    const bytes = crypto.getRandomValues(new Uint8Array(length));
    const text = toBase64Url(bytes);
    expect(text).toBe(Buffer.from(bytes).toString("base64url"));
    expect(fromBase64Url(text, 1024)).toEqual(bytes);
  }
  for (const text of ["A", "AB", "AA=", "A A", "AA\n", "A+", "é", "AAB"]) {
    expect(fromBase64Url(text, 1024)).toBeUndefined();
  }
  expect(fromBase64Url("AAAA", 3)).toBeUndefined();
});

test("a key set with a foreign or doubled key is refused when it is opened", () => {
  const [key] = vectors.keySet.keys;
  if (key === undefined) throw new Error("no key");
  expect(openKeySet({ keys: [key, key] })).rejects.toThrow("twice");
  expect(openKeySet({ keys: [{ ...key, crv: "P-256" as "Ed25519" }] })).rejects.toThrow("Ed25519");
});
