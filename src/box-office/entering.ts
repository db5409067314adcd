// Entering the shop: an admission token is exchanged, once, for a shop session. The nonce makes a
// repeat by the same browser (a lost reply, a reload) the same entering, and anybody else's a replay.
// Read next: http/enter-shop.ts, which the gateway shares.

import { z } from "zod";
import type { AdmissionRefusal, AdmissionVerifier } from "../../connector/src/admission-token.ts";
import { setCookie } from "../http/cookies.ts";
import { enterShop, noncePattern } from "../http/enter-shop.ts";
import type { Handler } from "../http/mount.ts";
import { readJson } from "../http/read-body.ts";
import { json, Refusal } from "../http/respond.ts";
import { signSessionToken } from "../http/session-token.ts";
import type { LineRecords } from "../ports/line-records.ts";
import type { KnownAdmission } from "../ports/queue-store.ts";
import type { Entered } from "../wire/contract.ts";
import type { ProblemCode } from "../wire/problems.ts";
import {
  type Guard,
  type GuardDeps,
  refuseCrossSite,
  type Shopper,
  sessionCookie,
} from "./guard.ts";

export type EnteringDeps = Omit<GuardDeps, "records"> & {
  guard: Guard;
  records: LineRecords;
  verifier: () => AdmissionVerifier;
  /** Gives the seats back when a fan leaves. */
  releaseHold: (shopper: Shopper) => Promise<void>;
};

const enterBody = z.object({
  admissionToken: z.string().min(1).max(1_024),
  nonce: z.string().regex(noncePattern, "16 to 64 of 0-9 A-Z a-z _ -"),
});

/** The cookie outlives the shopping, so that a fan can watch the own order afterwards. */
const readingMs = 48 * 3_600_000;

const codeFor: Record<AdmissionRefusal, ProblemCode> = {
  malformed: "admission-invalid",
  "wrong-kind": "admission-invalid",
  "unknown-key": "admission-invalid",
  forged: "admission-invalid",
  "other-on-sale": "admission-invalid",
  "stale-epoch": "admission-expired",
  "not-yet": "admission-invalid",
  expired: "admission-expired",
};

export function enteringRoutes(deps: EnteringDeps): {
  enter: Handler;
  look: Handler;
  leave: Handler;
} {
  const { guard, records, epochs, queue, clock } = deps;

  const enter: Handler = async (call) => {
    // A form on a stranger's site could else put the stranger's admission into this browser: the fan
    // would buy tickets that the stranger, who knows the nonce, can read.
    refuseCrossSite(call.request);
    const { onSale } = await guard.sale(call);
    const { onSaleId } = onSale;
    const { admissionToken, nonce } = await readJson(call.request, enterBody);
    const now = clock.now();
    const bringIn = (admission: KnownAdmission) =>
      epochs.queue(onSaleId, (scope) => queue.admit(scope, admission));
    const { shopMs } = onSale.settings;
    const entering = await enterShop({ ...deps, bringIn, now, shopMs }, onSaleId, {
      admissionToken,
      nonce,
    });
    if (entering.kind === "refused") {
      const { reason } = entering;
      throw new Refusal(codeFor[reason], { facts: { reason } });
    }
    if (entering.kind === "replayed") throw new Refusal("admission-used");
    if (entering.kind !== "entered") {
      throw new Refusal("admission-expired", { facts: { reason: entering.kind } });
    }
    const { entryId, claims } = entering;
    const session = signSessionToken(deps.sessionKeys(), {
      onSale: onSaleId,
      entry: entryId,
      admissionId: claims.admissionId,
      expiresAt: now + readingMs,
      epoch: claims.epoch,
    });
    const cookie = setCookie(sessionCookie(onSaleId, deps.secureCookies), session, {
      secure: deps.secureCookies,
      maxAgeSec: readingMs / 1000,
    });
    const body: Entered = { onSaleId, shopUntil: entering.deadline, now };
    return json(body, 200, { "set-cookie": cookie });
  };

  return {
    enter,
    look: async (call) => {
      const { onSaleId, deadline } = await guard.shopper(call);
      const body: Entered = { onSaleId, shopUntil: deadline, now: clock.now() };
      return json(body);
    },
    leave: async (call) => {
      const shopper = await guard.admitted(call);
      await deps.releaseHold(shopper);
      await records.end(shopper.onSaleId, shopper.entryId);
      await epochs.queue(shopper.onSaleId, (scope) => queue.leave(scope, shopper.entryId));
      return json({ kind: "left" });
    },
  };
}
