// Priority return: the right of a fan whose payment came after the hold had ended, through no fault of
// theirs, to come back at the front of the line. Once: it names the one entry that may use it, and an
// entry is admitted once (Q6). Bounded: one for each order whose money came late and whose seats were
// gone, until its deadline.
//
// What it means for the others: their place and the number ahead of them do not change (Q2), since the
// cursor does not move for it. The fan stands among those who were called while absent and are back, who
// come first at the coming tick, inside that tick's measure (Q4): in return for one priority, one of the
// others is called a tick later. That is the stated reason.
//
// Body, 72 bytes, in the format of foundation/sealed-bytes.ts:
//   on-sale id 22 B · entry id 22 B · entry of before 22 B (random parts, ASCII) · expires at u48 (ms)

import { createHash } from "node:crypto";
import { assert } from "../../foundation/assert.ts";
import { type EntryId, type OnSaleId, type OrderId, parseId } from "../../foundation/ids.ts";
import { type SealingKeys, seal, unseal } from "../../foundation/sealed-bytes.ts";

const idLength = 22;
const bodyLength = 72;
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** In front of everybody who has a position of the draw, and behind nobody but other priorities. */
export const priorityPosition = 0;
/** How long after the bad news. */
export const priorityMs = 3_600_000;

export type PriorityClaims = {
  readonly onSaleId: OnSaleId;
  /** Made for this return, and for no other. */
  readonly entryId: EntryId;
  /** Its place in the shop ends with the return: nobody shops twice. */
  readonly formerEntryId: EntryId;
  readonly expiresAt: number;
};

export type PriorityReading =
  | { readonly kind: "valid"; readonly claims: PriorityClaims }
  | {
      readonly kind:
        | "malformed"
        | "wrong-kind"
        | "unknown-key"
        | "forged"
        | "other-on-sale"
        | "expired";
    };

/** Follows from the order, so that a second token for it is the same right and not another one. */
export function returningEntry(orderId: OrderId): EntryId {
  const digest = createHash("sha256").update(`usher return ${orderId}`).digest();
  let body = "";
  for (let at = 0; at < idLength; at += 1) body += alphabet[(digest[at] ?? 0) % alphabet.length];
  return `qe_${body}` as EntryId;
}

export function signPriority(keys: SealingKeys, claims: PriorityClaims): string {
  const body = Buffer.allocUnsafe(bodyLength);
  body.write(claims.onSaleId.slice(-idLength), 0, "latin1");
  body.write(claims.entryId.slice(-idLength), idLength, "latin1");
  body.write(claims.formerEntryId.slice(-idLength), 2 * idLength, "latin1");
  body.writeUIntBE(claims.expiresAt, 3 * idLength, 6);
  return seal(keys, "priority", body);
}

export function readPriority(
  keys: SealingKeys,
  token: unknown,
  { onSaleId, now }: { onSaleId: OnSaleId; now: number },
): PriorityReading {
  const opened = unseal(keys, "priority", bodyLength, token);
  if (opened.kind !== "valid") return opened;
  const { body } = opened;
  const text = (nth: number) => body.toString("latin1", nth * idLength, (nth + 1) * idLength);
  if (`os_${text(0)}` !== onSaleId) return { kind: "other-on-sale" };
  const expiresAt = body.readUIntBE(3 * idLength, 6);
  if (now >= expiresAt) return { kind: "expired" };
  const [entryId, formerEntryId] = [1, 2].map((nth) => parseId("entry", `qe_${text(nth)}`));
  assert(entryId !== undefined && formerEntryId !== undefined, "a sealed priority names entries");
  return { kind: "valid", claims: { onSaleId, entryId, formerEntryId, expiresAt } };
}
