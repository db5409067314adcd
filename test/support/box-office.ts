// The box office over HTTP on the real stores and the real sandbox provider, with its on-sale open and
// fans already in the shop: for tests of what a shopper's requests do. The way there (line, claim,
// admission token) is the gateway's and has tests of its own.

import { openBoxOffice } from "../../src/box-office/box-office.ts";
import { sessionCookie } from "../../src/box-office/guard.ts";
import { systemClock } from "../../src/foundation/clock.ts";
import { newId } from "../../src/foundation/ids.ts";
import { silentLog } from "../../src/foundation/log.ts";
import { openKeyRing } from "../../src/http/key-ring.ts";
import { toBunRoutes } from "../../src/http/mount.ts";
import { signSessionToken } from "../../src/http/session-token.ts";
import type { HotStore } from "../../src/ports/hot-store.ts";
import { openEpochs } from "../../src/stores/epochs.ts";
import { openHotStore } from "../../src/stores/open.ts";
import type { Site } from "../../src/web/build.ts";
import { openRebuilder } from "../../src/workers/rebuilder.ts";
import { purchaseOf, refundsOf } from "./purchase.ts";
import { testRecords } from "./records.ts";
import { startSandbox } from "./sandbox.ts";

export type BoxOfficeUnderTest = Awaited<ReturnType<typeof startBoxOffice>>;
export type ShopperUnderTest = Awaited<ReturnType<BoxOfficeUnderTest["shopper"]>>;

/** @param given a hot store of the caller's, closed with the box office; else the in-process one. */
export async function startBoxOffice(given?: HotStore, options: { site?: Site } = {}) {
  const [records, sandbox] = await Promise.all([
    testRecords(),
    startSandbox({ callMs: 2_000, args: [] }),
  ]);
  const { stores, onSale } = records;
  const { onSaleId } = onSale;
  const { catalog, lineRecords, seatClaims: claims, orders } = stores;
  const hot = given ?? (await openHotStore({ kind: "memory" }));
  const rebuild = openRebuilder({
    hot,
    catalog,
    records: lineRecords,
    claims,
    alone: stores.alone,
    log: silentLog,
  });
  const epochs = openEpochs({ catalog, records: lineRecords, onStale: rebuild });
  const keyRing = await openKeyRing(stores.keys, silentLog);
  const { admissionEpoch } = await lineRecords.open(onSaleId, 0);
  const purchase = purchaseOf(stores, sandbox.gateway);
  const refunds = refundsOf(stores, sandbox.gateway);
  const boxOffice = openBoxOffice({
    hot,
    catalog,
    records: lineRecords,
    claims,
    orders,
    purchase,
    refundStore: stores.refunds,
    refunds,
    gateway: sandbox.gateway,
    epochs,
    clock: systemClock,
    log: silentLog,
    sessionKeys: () => keyRing.session,
    queueKeys: () => keyRing.queue,
    verifier: () => keyRing.admissionVerifier,
    ticketKeys: () => keyRing.ticket.publicKeys,
    ticketSigner: () => keyRing.ticket.signer,
    ticketHolding: stores.ticketHolding,
    door: stores.door,
    failures: stores.operators.failures,
    secureCookies: false,
  });
  const routes = toBunRoutes(boxOffice.routes, silentLog);
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    routes,
    fetch: (request) => options.site?.respond(request) ?? new Response(null, { status: 404 }),
  });
  const api = `${server.url.origin}/api/on-sales/${onSaleId}`;
  let index = 0;

  return {
    ...records,
    bounds: boxOffice.bounds,
    api,
    hot,
    epochs,
    sandbox,
    purchase,
    refunds,
    origin: server.url.origin,
    admissionEpoch,
    admissionSigner: () => keyRing.admission.signer,
    /** A fan whose place in the shop runs for `shopMs`. */
    async shopper(shopMs = 600_000) {
      const entryId = newId("entry");
      const admissionId = newId("hold").slice(3);
      const place = index++;
      const entry = { entryId, index: place, position: place };
      const deadline = Date.now() + shopMs;
      await epochs.queue(onSaleId, async (scope) => {
        await hot.queue.checkIn(scope, [entry], { presenceMs: 60_000 });
        const tick = { leaderFence: 0, take: 1, serving: place, candidates: [place] };
        await hot.queue.offerTurns(scope, { ...tick, claimWindowMs: 60_000 });
        return await hot.queue.claim(scope, { ...entry, admissionId, deadline });
      });
      await lineRecords.admit({
        ...entry,
        admissionId,
        onSaleId,
        claimedAt: Date.now(),
        deadline,
      });
      const expiresAt = Date.now() + 3_600_000;
      const claimsOf = { onSale: onSaleId, entry: entryId, admissionId, expiresAt };
      const token = signSessionToken(keyRing.session, { ...claimsOf, epoch: admissionEpoch });
      const cookie = `${sessionCookie(onSaleId, false)}=${token}`;
      const call = (
        method: string,
        path: string,
        body?: unknown,
        key: string = crypto.randomUUID(),
      ) =>
        fetch(api + path, {
          method,
          headers: { cookie, "idempotency-key": key },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      return { entryId, call };
    },
    async stop() {
      await boxOffice.stop();
      await server.stop(true);
      await purchase.idle();
      await refunds.idle();
      keyRing.close();
      await hot.close();
      await stores.close();
      await sandbox.stop();
    },
  };
}
