// Entering: an admission token is verified and exchanged, once. PostgreSQL decides by the nonce (a
// repeat by the same browser is the same entering, anybody else's is a replay); the hot store then
// keeps the place until the deadline. The box office enters its own shoppers with it, the gateway those
// of a shop of one's own; what each hands out afterwards is its own business.

import { createHash } from "node:crypto";
import {
  type AdmissionClaims,
  type AdmissionRefusal,
  type AdmissionVerifier,
  verifyAdmission,
} from "../../connector/src/admission-token.ts";
import { type EntryId, type OnSaleId, parseId } from "../foundation/ids.ts";
import type { LineRecords } from "../ports/line-records.ts";
import type { KnownAdmission } from "../ports/queue-store.ts";

export type EnterDeps = {
  records: Pick<LineRecords, "checkpoint" | "enter">;
  verifier: () => AdmissionVerifier;
  /** Brings the admission into the hot store, which may have lost the claim (QueueStore.admit). */
  bringIn: (
    admission: KnownAdmission,
  ) => Promise<{ kind: "active"; deadline: number } | { kind: "ended" }>;
  now: number;
  /** How long the fan may shop from now on. */
  shopMs: number;
};
export type Entering =
  | {
      kind: "entered";
      claims: AdmissionClaims;
      entryId: EntryId;
      deadline: number;
    }
  | { kind: "refused"; reason: AdmissionRefusal }
  | { kind: "replayed" }
  | { kind: "ended" | "unknown" };

export const noncePattern = /^[0-9A-Za-z_-]{16,64}$/;

export async function enterShop(
  deps: EnterDeps,
  onSaleId: OnSaleId,
  { admissionToken, nonce }: { admissionToken: string; nonce: string },
): Promise<Entering> {
  const { records, now } = deps;
  const { admissionEpoch } = await records.checkpoint(onSaleId);
  const reading = await verifyAdmission(deps.verifier(), admissionToken, {
    onSale: onSaleId,
    epoch: admissionEpoch,
    now,
    leewayMs: 0,
  });
  if (reading.kind !== "valid") return { kind: "refused", reason: reading.kind };
  const { claims } = reading;
  const entryId = parseId("entry", claims.entry);
  if (entryId === undefined) return { kind: "refused", reason: "malformed" };
  const nonceHash = createHash("sha256").update(nonce).digest("base64url");
  const entered = await records.enter(claims.admissionId, nonceHash, now + deps.shopMs);
  if (entered.kind !== "entered") return entered;
  const place = await deps.bringIn(entered.admission);
  if (place.kind === "ended") return { kind: "ended" };
  return { kind: "entered", claims, entryId, deadline: place.deadline };
}
