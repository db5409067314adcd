// Signs a revocation list. What it is, and how a gate reads it: wire/tickets/revocation-list.ts.

import type { PerformanceId, TicketId } from "../foundation/ids.ts";
import {
  revocationBytes,
  type RevocationList,
  type SignedRevocationList,
} from "../wire/tickets/revocation-list.ts";
import type { TicketSigner } from "./ticket-code.ts";

export async function signRevocations(
  signer: TicketSigner,
  of: { performanceId: PerformanceId; revoked: TicketId[]; now: number },
): Promise<SignedRevocationList> {
  const { performanceId, revoked, now } = of;
  const listed: RevocationList = {
    performanceId,
    version: revoked.length,
    listedAt: now,
    revoked,
  };
  const list = JSON.stringify(listed);
  const signature = await crypto.subtle.sign("Ed25519", signer.privateKey, revocationBytes(list));
  return { kid: signer.kid, list, signature: Buffer.from(signature).toString("base64url") };
}
