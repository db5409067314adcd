import { expect, test } from "bun:test";
import { newId } from "../../foundation/ids.ts";
import { sealingKeys } from "../../foundation/sealed-bytes.ts";
import { readPriority, returningEntry, signPriority } from "./priority-token.ts";
import { readQueueToken, signQueueToken } from "./queue-token.ts";

const keys = sealingKeys([{ kid: 1, secret: new Uint8Array(32).fill(7) }]);
const onSaleId = newId("on-sale");
const now = 1_800_000_000_000;
const claims = {
  onSaleId,
  entryId: returningEntry(newId("order")),
  formerEntryId: newId("entry"),
  expiresAt: now + 1_000,
};

test("what was signed is read, until its deadline and for its on-sale only", () => {
  const token = signPriority(keys, claims);
  expect(readPriority(keys, token, { onSaleId, now })).toEqual({ kind: "valid", claims });
  expect(readPriority(keys, token, { onSaleId, now: claims.expiresAt }).kind).toBe("expired");
  const other = { onSaleId: newId("on-sale"), now };
  expect(readPriority(keys, token, other).kind).toBe("other-on-sale");
});

test("forged in any byte, of another key, or another token: it is none", () => {
  const token = signPriority(keys, claims);
  for (let at = 6; at < token.length; at += 7) {
    const forged = token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
    expect(readPriority(keys, forged, { onSaleId, now }).kind).not.toBe("valid");
  }
  const others = sealingKeys([{ kid: 2, secret: new Uint8Array(32).fill(9) }]);
  expect(readPriority(others, token, { onSaleId, now }).kind).toBe("unknown-key");
  const place = { onSaleId, entryId: claims.entryId, index: 1, joinedAt: now };
  const queueToken = signQueueToken(keys, place);
  expect(readPriority(keys, queueToken, { onSaleId, now }).kind).toBe("wrong-kind");
  expect(readQueueToken(keys, token, onSaleId).kind).toBe("wrong-kind");
});

test("one order, one entry: a second token is the same right", () => {
  const orderId = newId("order");
  expect(returningEntry(orderId)).toBe(returningEntry(orderId));
  expect(returningEntry(newId("order"))).not.toBe(returningEntry(orderId));
});
