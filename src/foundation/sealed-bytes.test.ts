import { expect, test } from "bun:test";
import fc from "fast-check";
import { type SealingKey, seal, sealingKeys, unseal } from "./sealed-bytes.ts";

const key = (kid: number, fill: number): SealingKey => ({
  kid,
  secret: new Uint8Array(32).fill(fill),
});
const keys = sealingKeys([key(7, 1)]);

test("what was sealed opens again, and only with its length", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), (body) => {
      const token = seal(keys, "queue", body);
      const opened = unseal(keys, "queue", body.length, token);
      expect(opened.kind === "valid" && opened.body.equals(body)).toBe(true);
      expect(unseal(keys, "queue", body.length + 1, token).kind).toBe("malformed");
      expect(unseal(keys, "session", body.length, token).kind).toBe("wrong-kind");
    }),
  );
});

test("no bit of a token can be turned", () => {
  const body = new Uint8Array(9).fill(3);
  const bytes = Buffer.from(seal(keys, "queue", body), "base64url");
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const turned = Buffer.from(bytes);
    turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const kind = unseal(keys, "queue", 9, turned.toString("base64url")).kind;
    const byte = bit >> 3;
    const expected = ["malformed", "wrong-kind", "unknown-key", "unknown-key"][byte] ?? "forged";
    expect({ bit, kind }).toEqual({ bit, kind: expected as typeof kind });
  }
});

test("a token has one spelling", () => {
  const token = seal(keys, "queue", new Uint8Array(8)); // 44 bytes: the last character has spare bits
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = alphabet.indexOf(token.at(-1) ?? "");
  const twin = token.slice(0, -1) + alphabet[last + 1];
  expect(Buffer.from(twin, "base64url")).toEqual(Buffer.from(token, "base64url"));
  for (const other of [twin, `${token}=`, ` ${token}`, `${token}\n`, token.replace("A", "A ")]) {
    expect(unseal(keys, "queue", 8, other).kind).toBe("malformed");
  }
});

test("nonsense is malformed, never thrown", () => {
  const nonsense = fc.oneof(fc.string({ maxLength: 600 }), fc.base64String(), fc.anything());
  fc.assert(
    fc.property(nonsense, (token) => {
      expect(unseal(keys, "queue", 8, token).kind).not.toBe("valid");
    }),
  );
});

test("keys overlap when they rotate", () => {
  const old = seal(keys, "queue", new Uint8Array(8));
  const rotated = sealingKeys([key(8, 2), key(7, 1)]);
  expect(unseal(rotated, "queue", 8, old).kind).toBe("valid");
  const fresh = seal(rotated, "queue", new Uint8Array(8));
  expect(unseal(keys, "queue", 8, fresh).kind).toBe("unknown-key");
  expect(unseal(sealingKeys([key(7, 9)]), "queue", 8, old).kind).toBe("forged");
});

test("bad keys are found at the start", () => {
  expect(() => sealingKeys([])).toThrow("at least one");
  expect(() => sealingKeys([key(65_536, 1)])).toThrow("0…65535");
  expect(() => sealingKeys([{ kid: 1, secret: new Uint8Array(31) }])).toThrow("32 bytes");
  expect(() => sealingKeys([key(1, 1), key(1, 2)])).toThrow("twice");
});
