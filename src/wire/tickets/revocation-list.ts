// The revocation list of a performance: which tickets no longer open the door (given to somebody else,
// refunded), signed with the ticket key so that a phone may carry it, or get it from anybody.
//
// The signature covers the text as it was sent, under a prefix that no ticket code begins with. Lists
// only grow, and `version` is how many tickets are in it: the higher one is the newer.

import type { PerformanceId, TicketId } from "../../foundation/ids.ts";
import { fromBase64Url, type TicketKey, verifiedBy } from "./ticket-code.ts";

export type RevocationList = {
  performanceId: PerformanceId;
  version: number;
  listedAt: number;
  revoked: TicketId[];
};
/** `list` is the JSON text of a RevocationList. */
export type SignedRevocationList = { kid: string; list: string; signature: string };

export function revocationBytes(list: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`usher revocations 1\n${list}`);
}

/** undefined: not signed by one of the keys. */
export async function readRevocationList(
  keys: readonly TicketKey[],
  { kid, list, signature }: SignedRevocationList,
): Promise<RevocationList | undefined> {
  const key = keys.find((candidate) => candidate.kid === kid);
  const bytes = fromBase64Url(signature);
  if (key === undefined || bytes === undefined) return undefined;
  const verified = await verifiedBy(key, bytes, revocationBytes(list));
  return verified ? (JSON.parse(list) as RevocationList) : undefined;
}
