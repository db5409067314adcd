import { expect, test } from "bun:test";
import { signQueueToken } from "../domain/waiting-room/queue-token.ts";
import { newId } from "../foundation/ids.ts";
import { sealingKeys } from "../foundation/sealed-bytes.ts";
import { readSessionToken, type SessionClaims, signSessionToken } from "./session-token.ts";

const keys = sealingKeys([{ kid: 1, secret: new Uint8Array(32).fill(1) }]);
const onSale = newId("on-sale");
const entry = newId("entry");
const now = 1_800_000_000_000;
const claims: SessionClaims = { onSale, entry, admissionId: "adm-1", expiresAt: now + 1, epoch: 3 };
const token = signSessionToken(keys, claims);

test("a session is read as it was signed", () => {
  expect(readSessionToken(keys, token, { onSale, epoch: 3, now })).toEqual({
    kind: "valid",
    claims,
  });
  const longest = { ...claims, admissionId: "z".repeat(32) };
  const reading = readSessionToken(keys, signSessionToken(keys, longest), {
    onSale,
    epoch: 0,
    now,
  });
  expect(reading).toEqual({ kind: "valid", claims: longest });
});

test("every refusal has its code", () => {
  const kindOf = (text: unknown, over: { onSale?: typeof onSale; epoch?: number; now?: number }) =>
    readSessionToken(keys, text, { onSale, epoch: 3, now, ...over }).kind;
  expect(kindOf(token, { now: now + 1 })).toBe("expired");
  expect(kindOf(token, { epoch: 4 })).toBe("stale-epoch");
  expect(kindOf(token, { onSale: newId("on-sale") })).toBe("other-on-sale");
  expect(kindOf(`${token.slice(0, -1)}${token.endsWith("A") ? "Q" : "A"}`, {})).not.toBe("valid");
  expect(kindOf("", {})).toBe("malformed");
  expect(kindOf(undefined, {})).toBe("malformed");
  const place = signQueueToken(keys, { onSaleId: onSale, entryId: entry, index: 0, joinedAt: now });
  expect(kindOf(place, {})).toBe("wrong-kind");
});

test("an admission id that does not fit is a bug, not a shorter id", () => {
  for (const admissionId of ["", "a b", "z".repeat(33)]) {
    expect(() => signSessionToken(keys, { ...claims, admissionId })).toThrow("admission id");
  }
});
