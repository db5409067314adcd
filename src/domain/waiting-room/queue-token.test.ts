import { expect, test } from "bun:test";
import fc from "fast-check";
import { newId } from "../../foundation/ids.ts";
import { sealingKeys } from "../../foundation/sealed-bytes.ts";
import { type QueueClaims, readQueueToken, signQueueToken } from "./queue-token.ts";

const secret = (fill: number) => new Uint8Array(32).fill(fill);
const keys = sealingKeys([{ kid: 1, secret: secret(1) }]);
const onSaleId = newId("on-sale");
const claims: QueueClaims = {
  onSaleId,
  entryId: newId("entry"),
  index: 999_999,
  joinedAt: 1_800_000_000_123,
};

test("a place is read as it was signed", () => {
  const u48 = fc.integer({ min: 0, max: 2 ** 48 - 1 });
  fc.assert(
    fc.property(u48, u48, (index, joinedAt) => {
      const signed = { ...claims, entryId: newId("entry"), index, joinedAt };
      const reading = readQueueToken(keys, signQueueToken(keys, signed), onSaleId);
      expect(reading).toEqual({ kind: "valid", claims: signed });
    }),
  );
});

test("a place of an identity is read with it, and is no longer anybody's without", () => {
  const identity = { key: "AAECAwQFBgcICQoLDA0ODw", places: 8_191 };
  const token = signQueueToken(keys, { ...claims, identity });
  const reading = readQueueToken(keys, token, onSaleId);
  expect(reading).toEqual({ kind: "valid", claims: { ...claims, identity } });
  const bytes = Buffer.from(token, "base64url");
  bytes[1] = 0x51; // relabelled as a place without an identity
  expect(readQueueToken(keys, bytes.toString("base64url"), onSaleId).kind).toBe("malformed");
  const shorter = Buffer.concat([bytes.subarray(0, 60), bytes.subarray(-32)]);
  expect(readQueueToken(keys, shorter.toString("base64url"), onSaleId).kind).toBe("forged");
});

test("another on-sale's place is told apart; a forged one is never told more", () => {
  const token = signQueueToken(keys, claims);
  expect(readQueueToken(keys, token, newId("on-sale"))).toEqual({ kind: "other-on-sale" });
  const strangers = sealingKeys([{ kid: 1, secret: secret(2) }]);
  expect(readQueueToken(strangers, token, newId("on-sale"))).toEqual({ kind: "forged" });
});

test("[Q11] rotation costs nobody a place", () => {
  const token = signQueueToken(keys, claims);
  const rotated = sealingKeys([
    { kid: 2, secret: secret(2) },
    { kid: 1, secret: secret(1) },
  ]);
  expect(readQueueToken(rotated, token, onSaleId)).toEqual({ kind: "valid", claims });
});

test("the format is fixed: this vector never changes", () => {
  const fixed: QueueClaims = {
    onSaleId: "os_0000000000000000000001" as QueueClaims["onSaleId"],
    entryId: "qe_0000000000000000000002" as QueueClaims["entryId"],
    index: 42,
    joinedAt: 1_800_000_000_000,
  };
  expect(signQueueToken(keys, fixed)).toBe(
    "AVEAATAwMDAwMDAwMDAwMDAwMDAwMDAwMDEwMDAwMDAwMDAwMDAwMDAwMDAwMDAyAAAAAAAqAaMYXFAALKuX2KRDghPo5edjhGvP-QKgd7dGyJipa5qiRpRe01A",
  );
});
