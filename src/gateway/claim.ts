// Claiming a turn: the hot store says whether a turn is open, PostgreSQL keeps the admission (one per
// entry, Q6), and only then is the admission token signed. Repeating a claim, from any tab, gives the
// same admission; a fan whose turn lapsed or who was absent is checked in and next at the coming tick.
// An identity that was let in as often as it has places is not let in again (Q12): its turn ends there.

import { type AdmissionSigner, signAdmission } from "../../connector/src/admission-token.ts";
import { arrivalParameters } from "../../connector/src/arrival.ts";
import type { QueueClaims } from "../domain/waiting-room/queue-token.ts";
import type { Clock } from "../foundation/clock.ts";
import type { EntryId } from "../foundation/ids.ts";
import type { OnSale } from "../ports/catalog.ts";
import type { LineRecords } from "../ports/line-records.ts";
import type { EntryShare, QueueStore } from "../ports/queue-store.ts";
import type { Epochs } from "../stores/epochs.ts";
import type { ClaimResult } from "../wire/contract.ts";
import { Refusal } from "../http/respond.ts";
import { pathTo } from "../wire/routes.ts";
import type { Line } from "./line.ts";
import { presenceMs } from "./presence.ts";

const retryMs = 1_000;

export type ClaimDeps = {
  queue: QueueStore;
  records: LineRecords;
  epochs: Epochs;
  clock: Clock;
  signer: () => AdmissionSigner;
  /** Origin of the box office; "" where it is this one. */
  shopOrigin: string;
  /** How often one entry may claim; not where the claim is our own, for a stream. */
  entryShare?: EntryShare | undefined;
};

/** @param priority where it stands among those who are called next, whatever the draw gave it. */
type Turn = Pick<QueueClaims, "entryId" | "index" | "identity"> & { priority?: number };

export async function claimTurn(
  deps: ClaimDeps,
  line: Line,
  { entryId, index, identity, priority }: Turn,
): Promise<ClaimResult> {
  const { onSaleId, onSale } = line;
  const now = deps.clock.now();
  const standing = line.standing(index);
  if (standing.kind === "not-drawn") return { kind: "wait", retryMs, now };
  if (priority === undefined && standing.kind !== "your-turn")
    return { kind: "wait", retryMs, now };

  const proposal = {
    entryId,
    index,
    // Where it stands among those who are called next; what the draw gave it is written down below.
    position: priority ?? standing.position,
    admissionId: admissionIdOf(),
    deadline: now + onSale.settings.admissionTokenMs,
  };
  const claim = await deps.epochs.queue(onSaleId, (scope) =>
    deps.queue.claim(scope, proposal, {
      presenceMs,
      ...(deps.entryShare && { entryShare: deps.entryShare }),
    }),
  );
  if (claim.kind === "asked-too-often") {
    throw new Refusal("asked-too-often", { retryAfterMs: claim.retryMs });
  }
  if (claim.kind === "no-turn") return { kind: "wait", retryMs, now };
  if (claim.kind === "ended") return { kind: "ended", now };

  const admitted = await deps.records.admit({
    admissionId: claim.admissionId,
    onSaleId,
    entryId,
    index,
    position: standing.position,
    claimedAt: now,
    deadline: claim.deadline,
    identity,
  });
  if (admitted.kind === "identity-spent") {
    await deps.epochs.queue(onSaleId, (scope) => deps.queue.leave(scope, entryId));
    return { kind: "ended", now };
  }
  const { admission } = admitted;
  if (admission.endedAt !== undefined) return { kind: "ended", now };
  return await admittedBy(deps, line, { ...admission, entryId, now });
}

async function admittedBy(
  { signer, shopOrigin }: Pick<ClaimDeps, "signer" | "shopOrigin">,
  { onSale, prepared }: Line,
  of: { admissionId: string; entryId: EntryId; deadline: number; now: number },
): Promise<ClaimResult> {
  const { admissionId, deadline, now } = of;
  const admissionToken = await signAdmission(signer(), {
    onSale: onSale.onSaleId,
    entry: of.entryId,
    admissionId,
    epoch: prepared.frontier.admissionEpoch,
    issuedAt: now,
    expiresAt: deadline,
  });
  const shopUrl = entranceOf(shopOrigin, onSale, admissionToken);
  return { kind: "admitted", admissionToken, admissionId, expiresAt: deadline, now, shopUrl };
}

/** Into the box office by the fragment, which no server sees; a shop of one's own has to see it. */
function entranceOf(
  shopOrigin: string,
  { onSaleId, settings }: Pick<OnSale, "onSaleId" | "settings">,
  admissionToken: string,
): string {
  if (settings.shopUrl === undefined) {
    return `${shopOrigin}${pathTo("shopPage", { onSaleId })}#admission=${admissionToken}`;
  }
  const url = new URL(settings.shopUrl);
  url.searchParams.set(arrivalParameters.admission, admissionToken);
  return url.href;
}

/** 22 base64url characters: fits the admission token and the shop session. */
function admissionIdOf(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");
}
