// The roles of the platform on the given stores: gateway with its pacer, box office, purchase, and the
// background duties. Every wire between two rooms is drawn here and nowhere else.

import { openBoxOffice } from "../../box-office/box-office.ts";
import { openDesk } from "../../box-office/desk/desk.ts";
import type { Clock } from "../../foundation/clock.ts";
import type { Log } from "../../foundation/log.ts";
import { openGateway } from "../../gateway/gateway.ts";
import { openLineClock } from "../../gateway/pacing/line-clock.ts";
import { startPacer } from "../../gateway/pacing/pacer.ts";
import { openKeyRing } from "../../http/key-ring.ts";
import type { Mounted } from "../../http/mount.ts";
import { sandboxGateway } from "../../payments/sandbox/sandbox-gateway.ts";
import type { OnSale } from "../../ports/catalog.ts";
import type { Order } from "../../ports/order-store.ts";
import type { PaymentGateway } from "../../ports/payment-gateway.ts";
import { issueBatch } from "../../purchase/issue-batch.ts";
import { openPurchase, type Purchase } from "../../purchase/purchase.ts";
import { tellHotStore } from "../../purchase/tell.ts";
import { usualSpans } from "../../purchase/world.ts";
import { ticketsFor } from "../../tickets/issue.ts";
import { orderMails } from "../../tickets/order-mail.ts";
import { smtpMailer } from "../../tickets/smtp-mailer.ts";
import type { HealthView } from "../../wire/desk-contract.ts";
import { pathTo } from "../../wire/routes.ts";
import { openMetrics } from "./metrics.ts";
import { startCompleter } from "../../workers/completer.ts";
import { startMender } from "../../workers/mender.ts";
import { type Finding, startReconciler } from "../../workers/reconciler.ts";
import { startRelay } from "../../workers/relay.ts";
import { startSweeper } from "../../workers/sweeper.ts";
import type { Closing } from "./closing.ts";
import type { ProviderProcess } from "./provider-process.ts";
import type { Stores } from "./stores.ts";

export type ShopOptions = {
  stores: Stores;
  provider: Pick<ProviderProcess, "address" | "keys">;
  smtpUrl: string;
  /** Where fans reach this server. */
  origin: string;
  /** The same, where pages of other origins send fans here; else "". */
  shopOrigin: string;
  clock: Clock;
  log: Log;
};

/** Stripe's published default for one endpoint, and a fair bound for any provider. */
const providerConcurrency = 25;
const providerCallMs = 8_000;

export async function openShop(options: ShopOptions, closing: Closing) {
  const { stores, origin, clock, log } = options;
  const { postgres, hot, epochs } = stores;
  const { catalog, lineRecords: records, seatClaims: claims, orders } = postgres;
  const keys = await openKeyRing(postgres.keys, log);
  closing.later("keys", () => keys.close());
  const secureCookies = origin.startsWith("https:");
  const common = { hot, catalog, records, epochs, clock, log, secureCookies };

  const payments = openPayments(options);
  const purchase = openSaga(options, payments);
  closing.later("purchase", () => purchase.idle());
  const findings = startDuties(options, { payments, purchase }, closing);

  const pacer = startPacer({ ...common, paymentBacklog: backlogOf(orders) });
  closing.later("pacer", () => pacer.stop());
  const gateway = openGateway({
    ...common,
    queueKeys: () => keys.queue,
    signer: () => keys.admission.signer,
    keySet: () => ({ keys: keys.admission.publicKeys }),
    shopOrigin: options.shopOrigin,
  });
  closing.later("gateway", () => gateway.stop());
  const boxOffice = openBoxOffice({
    ...common,
    claims,
    orders,
    purchase,
    gateway: payments,
    sessionKeys: () => keys.session,
    verifier: () => keys.admissionVerifier,
    ticketKeys: () => keys.ticket.publicKeys,
  });
  closing.later("box office", () => boxOffice.stop());
  const desk = openDesk({
    ...common,
    operators: postgres.operators,
    reads: postgres.deskReads,
    orders,
    measure: (onSaleId) => ({ tick: pacer.reports().get(onSaleId), streams: gateway.streams }),
    openOnSale: openLineClock(common).open,
    pool: postgres.pool,
    findings,
  });
  closing.later("desk", () => desk.stop());

  const metrics = openMetrics({ pacer, gateway, pool: postgres.pool });
  const routes: Mounted = { ...gateway.routes, ...boxOffice.routes, ...desk.routes, ...metrics };
  const endStreams = async () => {
    await Promise.all([gateway.stop(), boxOffice.stop(), desk.stop()]);
  };
  return { routes, gateway, pacer, purchase, payments, keys, endStreams };
}

function openPayments({ provider, clock }: ShopOptions): PaymentGateway {
  return sandboxGateway({
    address: provider.address,
    ...provider.keys,
    callMs: providerCallMs,
    concurrency: providerConcurrency,
    now: clock.now,
  });
}

function openSaga({ stores, origin, clock, log }: ShopOptions, gateway: PaymentGateway): Purchase {
  const { postgres, hot, epochs } = stores;
  /** A fan who has bought leaves the place in the shop to the next one, at once. */
  const freePlace = async ({ state, onSaleId, entryId }: Order) => {
    if (state !== "confirmed") return;
    await postgres.lineRecords.end(onSaleId, entryId);
    await epochs.queue(onSaleId, (scope) => hot.queue.leave(scope, entryId));
  };
  return openPurchase({
    store: postgres.orders,
    gateway,
    clock,
    log,
    returnUrlOf: (orderId) => origin + pathTo("paymentReturn", { orderId }),
    ticketsFor: ticketsFor(async () => (await postgres.keys.signing("ticket")).signer),
    issue: issueBatch(postgres.orders),
    tell: tellHotStore({
      notices: hot.notices,
      applySeats: (performanceId, truths) =>
        epochs.seats(performanceId, (scope) => hot.seats.apply(scope, truths)),
      log,
      also: freePlace,
    }),
    spans: usualSpans,
  });
}

type Books = HealthView["reconciler"];
type Paying = { payments: PaymentGateway; purchase: Purchase };

/** Starts the background duties; answers what the reconciler last found and could not mend. */
function startDuties(
  options: ShopOptions,
  { payments, purchase }: Paying,
  closing: Closing,
): () => Books {
  const { stores, origin, smtpUrl, clock, log } = options;
  const { postgres, hot, epochs } = stores;
  const { orders: store, catalog, seatClaims: claims, outbox } = postgres;
  const mailer = smtpMailer({ url: smtpUrl, from: "Usher <tickets@usher.local>" });
  closing.later("mailer", () => mailer.close());
  const compose = orderMails({ store, catalog, publicUrl: origin });
  let books: Books = { lookedAt: undefined, findings: [] };
  const report = (findings: readonly Finding[]) => {
    const open = findings.filter(({ kind }) => kind === "contradiction");
    books = { lookedAt: clock.now(), findings: open.slice(0, 100) };
  };
  const duties = {
    completer: startCompleter({ store, purchase, log, leaseMs: usualSpans.leaseMs }),
    sweeper: startSweeper({ hot, epochs, claims, catalog, log }),
    mender: startMender({ hot, epochs, claims, catalog, clock, log }),
    relay: startRelay({ outbox, mailer, compose, log }),
    reconciler: startReconciler({ store, gateway: payments, purchase, clock, log, report }),
  };
  for (const [name, duty] of Object.entries(duties)) closing.later(name, () => duty.stop());
  return () => books;
}

/** Orders whose payment is under way, as a brake for the pacer. */
function backlogOf(orders: Stores["postgres"]["orders"]) {
  return async ({ performanceId }: OnSale): Promise<number> => {
    const states = await orders.backlog(performanceId);
    return (
      states.confirming +
      states.authorizing +
      states.capturing +
      states.issuing +
      states["payment-unknown"]
    );
  };
}
