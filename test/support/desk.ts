// The desk on the real stores, served on a free port, for API tests and browser journeys: embedded
// PostgreSQL, the in-process hot store, a real pacer, and the built page where it is asked for.

import { openDesk } from "../../src/box-office/desk/desk.ts";
import { openProcesses } from "../../src/box-office/desk/processes.ts";
import { ensureFirstOperator } from "../../src/box-office/desk/first-operator.ts";
import { systemClock } from "../../src/foundation/clock.ts";
import { newId } from "../../src/foundation/ids.ts";
import { silentLog } from "../../src/foundation/log.ts";
import { openLineClock } from "../../src/gateway/pacing/line-clock.ts";
import { startPacer } from "../../src/gateway/pacing/pacer.ts";
import { openKeyRing } from "../../src/http/key-ring.ts";
import { toBunRoutes } from "../../src/http/mount.ts";
import type { OnSale } from "../../src/ports/catalog.ts";
import type { HotStore } from "../../src/ports/hot-store.ts";
import { type Epochs, openEpochs } from "../../src/stores/epochs.ts";
import { openHotStore } from "../../src/stores/open.ts";
import type { Site } from "../../src/web/build.ts";
import { openRebuilder } from "../../src/workers/rebuilder.ts";
import { purchaseOf, refundsOf } from "./purchase.ts";
import { type TestRecords, testRecords } from "./records.ts";
import type { PaymentGateway } from "../../src/ports/payment-gateway.ts";

export type TestDesk = TestRecords & {
  address: string;
  hot: HotStore;
  epochs: Epochs;
  owner: { email: string; password: string };
  /** Lets `count` fans join the line of an on-sale. */
  join(onSale: OnSale, count: number): Promise<void>;
  stop(): Promise<void>;
};

export async function startDesk(
  options: {
    site?: Site;
    log?: typeof silentLog;
    /** On somebody's records, which they close, with the provider that took the money there. */
    on?: { records: TestRecords; gateway: PaymentGateway };
  } = {},
): Promise<TestDesk> {
  const records = options.on?.records ?? (await testRecords());
  const gateway = options.on?.gateway ?? nobodysGateway;
  const { catalog, operators, lineRecords, seatClaims, deskReads, pool } = records.stores;
  const log = options.log ?? silentLog;
  const clock = systemClock;
  const startedAt = clock.now();
  const hot = await openHotStore({ kind: "memory" });
  const rebuild = openRebuilder({
    hot,
    catalog,
    records: lineRecords,
    claims: seatClaims,
    alone: records.stores.alone,
    log,
  });
  const epochs = openEpochs({ catalog, records: lineRecords, onStale: rebuild });
  const line = { hot, catalog, records: lineRecords, epochs, clock, log };
  const pacer = startPacer({ ...line, paymentBacklog: async () => 0 });
  const keyRing = await openKeyRing(records.stores.keys, log);
  const desk = openDesk({
    catalog,
    operators,
    originKeys: records.stores.originKeys,
    once: records.stores.once,
    codeBatches: records.stores.codeBatches,
    queueKeys: () => keyRing.queue,
    reads: deskReads,
    deskOrders: records.stores.deskOrders,
    cancellations: records.stores.cancellations,
    refundStore: records.stores.refunds,
    refunds: refundsOf(records.stores, gateway),
    purchase: purchaseOf(records.stores, gateway),
    gateway,
    door: records.stores.door,
    orders: records.stores.orders,
    hot,
    epochs,
    processes: openProcesses({
      reports: records.stores.processReports,
      own: () => ({
        instance: "test",
        roles: ["gateway", "box-office"],
        host: "here",
        pid: process.pid,
        startedAt,
        measures: { pool: pool(), ticks: Object.fromEntries(pacer.reports()) },
      }),
    }),
    openOnSale: openLineClock(line).open,
    clock,
    secureCookies: false,
    log,
  });
  const owner = await ensureFirstOperator(operators);
  if (owner === undefined) throw new Error("a fresh database has an operator");
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    routes: toBunRoutes(desk.routes, log),
    fetch: (request) => options.site?.respond(request) ?? new Response(null, { status: 404 }),
  });
  return {
    ...records,
    address: server.url.origin,
    hot,
    epochs,
    owner,
    async join({ onSaleId }, count) {
      const { joined } = await epochs.queue(onSaleId, (scope) => hot.queue.counts(scope));
      const { epoch } = await lineRecords.checkpoint(onSaleId);
      await lineRecords.raiseMark({ onSaleId, epoch }, joined + count);
      const { highWaterMark } = await lineRecords.checkpoint(onSaleId);
      const requests = Array.from({ length: count }, () => ({ entryId: newId("entry") }));
      const reply = await epochs.queue(onSaleId, (scope) =>
        hot.queue.join(scope, requests, { highWaterMark }),
      );
      const entries = reply.replies.flatMap((joined) =>
        "index" in joined
          ? [{ entryId: joined.entryId, index: joined.index, position: undefined }]
          : [],
      );
      await epochs.queue(onSaleId, (scope) =>
        hot.queue.checkIn(scope, entries, { presenceMs: 600_000 }),
      );
    },
    async stop() {
      await desk.stop();
      keyRing.close();
      await pacer.stop();
      await server.stop(true);
      await hot.close();
      if (options.on === undefined) await records.stores.close();
    },
  };
}

/** Where no money is spoken of: whoever asks it all the same is told of a bug. */
const nobodysGateway = new Proxy({} as PaymentGateway, {
  get(_, name) {
    throw new Error(`this desk has no provider to ask for ${String(name)}`);
  },
});
