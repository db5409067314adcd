// A real gateway with its pacer, on a real PostgreSQL and the in-process hot store, serving the built
// pages on a free port. For journeys of the waiting room that need no shop; journeys through the whole
// platform start the whole platform.

import { openSales, saleView } from "../../src/box-office/sales.ts";
import { listen } from "../../src/cli/platform/listen.ts";
import { demoArena } from "../../src/domain/seating/demo-arena.ts";
import { systemClock } from "../../src/foundation/clock.ts";
import { type EntryId, newId, type OnSaleId } from "../../src/foundation/ids.ts";
import { silentLog } from "../../src/foundation/log.ts";
import type { SealingKeys } from "../../src/foundation/sealed-bytes.ts";
import { openGateway } from "../../src/gateway/gateway.ts";
import type { GatewayLimits } from "../../src/gateway/limits.ts";
import { startPacer } from "../../src/gateway/pacing/pacer.ts";
import { openKeyRing } from "../../src/http/key-ring.ts";
import type { Mounted } from "../../src/http/mount.ts";
import { json, Refusal } from "../../src/http/respond.ts";
import type { OnSale, OnSaleSettings } from "../../src/ports/catalog.ts";
import { openEpochs } from "../../src/stores/epochs.ts";
import { openHotStore, openRecords, type PostgresStores } from "../../src/stores/open.ts";
import type { Joined } from "../../src/wire/contract.ts";
import { joinPlace } from "../../src/wire/join-place.ts";
import { pathTo } from "../../src/wire/routes.ts";
import { buildSite } from "../../src/web/build.ts";
import { openRebuilder } from "../../src/workers/rebuilder.ts";
import { arenaPrices, migratedPostgres, testSettings } from "./records.ts";

export type GatewayUnderTest = {
  url: string;
  onSale: OnSale;
  stores: PostgresStores;
  /** Open just now. */
  streams(): number;
  queueKeys: () => SealingKeys;
  /** Comes back with the challenge, as a page does. */
  join(entryId?: EntryId, more?: RequestInit): Promise<{ status: number; body: Joined }>;
  close(): Promise<void>;
};

/** @param opensInMs from the moment that everything runs. */
export async function gatewayUnderTest(
  opensInMs: number,
  limits?: Partial<GatewayLimits>,
  settings?: Partial<OnSaleSettings>,
): Promise<GatewayUnderTest> {
  const stores = await openRecords(await migratedPostgres());
  const hot = await openHotStore({ kind: "memory" });
  const { catalog, lineRecords: records, seatClaims: claims } = stores;
  const rebuild = openRebuilder({
    hot,
    catalog,
    records,
    claims,
    alone: stores.alone,
    log: silentLog,
  });
  const epochs = openEpochs({ catalog, records, onStale: rebuild });
  const keyRing = await openKeyRing(stores.keys, silentLog);
  const site = await buildSite();
  const onSale = await createOnSale(stores, opensInMs, settings);

  const line = { hot, catalog, records, epochs, clock: systemClock, log: silentLog };
  const gateway = openGateway({
    ...line,
    queueKeys: () => keyRing.queue,
    signer: () => keyRing.admission.signer,
    keySet: () => ({ keys: keyRing.admission.publicKeys }),
    verifier: () => keyRing.admissionVerifier,
    originKeys: stores.originKeys,
    shopOrigin: "",
    secureCookies: false,
    ...(limits && { limits }),
  });
  const pacer = startPacer({ ...line, paymentBacklog: async () => 0 });
  const sales = openSales(catalog);
  const mounted: Mounted = {
    ...gateway.routes,
    onSales: { GET: async () => json((await sales.allShown()).map(saleView)) },
    onSale: {
      GET: async ({ params }) => {
        const sale = await sales.get(params["onSaleId"] as OnSaleId);
        if (!sale) throw new Refusal("not-found");
        return json(saleView(sale));
      },
    },
  };
  const host = "127.0.0.1";
  const web = listen({ host, port: 0, what: "gateway", option: "none", log: silentLog });
  const rest = (request: Request) => site.respond(request) ?? new Response(null, { status: 404 });
  web.serve(mounted, rest, { prepared: gateway.prepared });
  const url = `http://${host}:${web.port}`;
  return {
    url,
    onSale,
    stores,
    streams: () => gateway.streams,
    queueKeys: () => keyRing.queue,
    join: (entryId = newId("entry"), more = {}) =>
      joinPlace({ entryId }, async (body) => {
        const address = url + pathTo("join", { onSaleId: onSale.onSaleId });
        const init = { method: "POST", body: JSON.stringify(body), ...more };
        const answer = await fetch(address, init);
        return { status: answer.status, body: (await answer.json()) as Joined };
      }),
    async close() {
      const answered = web.stop();
      await pacer.stop();
      await gateway.stop();
      await answered;
      keyRing.close();
      await hot.close();
      await stores.close();
    },
  };
}

async function createOnSale(
  { catalog }: PostgresStores,
  opensInMs: number,
  settings: Partial<OnSaleSettings> = {},
): Promise<OnSale> {
  const { hash } = await catalog.savePlan(demoArena());
  const now = Date.now();
  const { performanceId } = await catalog.createPerformance({
    performanceId: newId("performance"),
    name: { ko: "바람이 머무는 밤", en: "Where the Wind Stays" },
    venue: { ko: "시험 공연장", en: "Trial Hall" },
    planHash: hash,
    startsAt: now + 30 * 86_400_000,
    timeZone: "Asia/Seoul",
  });
  return await catalog.createOnSale({
    onSaleId: newId("on-sale"),
    performanceId,
    preQueueAt: now - 1_000,
    opensAt: now + opensInMs,
    closesAt: now + 3_600_000,
    currency: "KRW",
    prices: arenaPrices,
    settings: { ...testSettings, ...settings },
  });
}
