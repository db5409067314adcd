// The guard in front of every protected route (Q5): a shop session made from a valid admission, of
// this on-sale, of this admission epoch, by the server's clock, and for whatever changes anything a
// place in the shop that has not ended. It fails closed: what cannot be verified is refused.

import type { Clock } from "../foundation/clock.ts";
import { type EntryId, type OnSaleId, parseId } from "../foundation/ids.ts";
import { openKept } from "../foundation/kept/kept.ts";
import type { SealingKeys } from "../foundation/sealed-bytes.ts";
import { cookieName, readCookie } from "../http/cookies.ts";
import type { Call } from "../http/mount.ts";
import { Refusal } from "../http/respond.ts";
import { readSessionToken } from "../http/session-token.ts";
import type { LineRecords } from "../ports/line-records.ts";
import type { QueueStore } from "../ports/queue-store.ts";
import type { Epochs } from "../stores/epochs.ts";
import type { Sale, Sales } from "./sales.ts";

export type Shopper = {
  sale: Sale;
  onSaleId: OnSaleId;
  entryId: EntryId;
  admissionId: string;
  /** Of the session cookie: what ends it before anything is asked of a store. */
  session: { expiresAt: number; epoch: number };
};

export type GuardDeps = {
  sales: Sales;
  queue: QueueStore;
  epochs: Epochs;
  records: Pick<LineRecords, "checkpoint">;
  sessionKeys: () => SealingKeys;
  secureCookies: boolean;
  clock: Clock;
};

export type Guard = {
  /** The on-sale named in the address. */
  sale(call: Call): Promise<Sale>;
  /** Whoever was admitted, also after the shop session's end: for reading the own orders. */
  admitted(call: Call): Promise<Shopper>;
  /** A shopper whose place in the shop runs. */
  shopper(call: Call): Promise<Shopper & { deadline: number }>;
  /** The same of one who was let in by `admitted` just now. */
  inShop(shopper: Shopper): Promise<Shopper & { deadline: number }>;
  /** The same two, asked again later: a stream outlives the request that opened it, and ends with these. */
  isStillAdmitted(shopper: Shopper): Promise<boolean>;
  isStillShopper(shopper: Shopper): Promise<boolean>;
};

const epochKeepMs = 1_000;
const maxEpochs = 1_000;

export function sessionCookie(onSaleId: OnSaleId, secure: boolean): string {
  return cookieName(`usher-shop-${onSaleId}`, secure);
}

export function openGuard(deps: GuardDeps): Guard {
  const epochOf = openEpochOf(deps);

  const sale = async ({ params }: Call): Promise<Sale> => {
    const onSaleId = parseId("on-sale", params.onSaleId);
    const found = onSaleId && (await deps.sales.get(onSaleId));
    if (!found) throw new Refusal("not-found");
    return found;
  };

  const admitted = async (call: Call): Promise<Shopper> => {
    refuseCrossSite(call.request);
    const found = await sale(call);
    const { onSaleId } = found.onSale;
    const token = readCookie(call.request, sessionCookie(onSaleId, deps.secureCookies));
    if (token === undefined) throw new Refusal("not-admitted", { facts: { reason: "none" } });
    const reading = readSessionToken(deps.sessionKeys(), token, {
      onSale: onSaleId,
      epoch: await epochOf(onSaleId),
      now: deps.clock.now(),
    });
    if (reading.kind !== "valid") {
      throw new Refusal("not-admitted", { facts: { reason: reading.kind } });
    }
    const { entry, admissionId, expiresAt, epoch } = reading.claims;
    const session = { expiresAt, epoch };
    return { sale: found, onSaleId, entryId: entry, admissionId, session };
  };

  const placeOf = ({ onSaleId, entryId }: Shopper) =>
    deps.epochs.queue(onSaleId, (scope) => deps.queue.shopper(scope, entryId));

  const isStillAdmitted = async ({ onSaleId, session }: Shopper): Promise<boolean> =>
    deps.clock.now() < session.expiresAt && session.epoch >= (await epochOf(onSaleId));

  const inShop = async (who: Shopper) => {
    const place = await placeOf(who);
    if (place.kind !== "active") throw new Refusal("shop-session-ended");
    return { ...who, deadline: place.deadline };
  };

  return {
    sale,
    admitted,
    shopper: async (call) => await inShop(await admitted(call)),
    inShop,
    isStillAdmitted,
    async isStillShopper(shopper) {
      return (await isStillAdmitted(shopper)) && (await placeOf(shopper)).kind === "active";
    },
  };
}

/** The admission epoch, at most a second old: raising it ends every earlier session that soon. */
function openEpochOf({ records }: GuardDeps): (onSaleId: OnSaleId) => Promise<number> {
  const kept = openKept({
    freshMs: epochKeepMs,
    atMostMs: epochKeepMs,
    max: maxEpochs,
    read: async (onSaleId: OnSaleId) => (await records.checkpoint(onSaleId)).admissionEpoch,
  });
  return (onSaleId) => kept.get(onSaleId);
}

/** The cookie is SameSite=Lax; browsers also say where a request comes from, and unsafe ones must be ours. */
export function refuseCrossSite(request: Request): void {
  if (request.method === "GET" || request.method === "HEAD") return;
  const site = request.headers.get("sec-fetch-site");
  const isOurs = site === null ? isOwnOrigin(request) : site === "same-origin" || site === "none";
  if (!isOurs) throw new Refusal("forbidden", { detail: "cross-site request" });
}

/** Browsers leave Sec-Fetch-Site out on plain http, and programs send neither of the two. */
function isOwnOrigin({ headers }: Request): boolean {
  const origin = headers.get("origin");
  if (origin === null) return true;
  return URL.canParse(origin) && new URL(origin).host === headers.get("host");
}
