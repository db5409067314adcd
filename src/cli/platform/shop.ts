// The roles of the platform on the given stores: gateway with its pacer, box office, purchase, and the
// background duties. Every wire between two rooms is drawn here and nowhere else.

import { openBoxOffice } from "../../box-office/box-office.ts";
import type { Clock } from "../../foundation/clock.ts";
import type { Log } from "../../foundation/log.ts";
import { openGateway } from "../../gateway/gateway.ts";
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
import { pathTo } from "../../wire/routes.ts";
import { startCompleter } from "../../workers/completer.ts";
import { startReconciler } from "../../workers/reconciler.ts";
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

  const payments = sandboxGateway({
    address: options.provider.address,
    ...options.provider.keys,
    callMs: providerCallMs,
    concurrency: providerConcurrency,
    now: clock.now,
  });
  const purchase = openSaga(options, payments);
  closing.later("purchase", () => purchase.idle());
  startDuties(options, { payments, purchase }, closing);

  const pacer = startPacer({
    hot,
    catalog,
    records,
    epochs,
    clock,
    log,
    paymentBacklog: backlogOf(orders),
  });
  closing.later("pacer", () => pacer.stop());
  const gateway = openGateway({
    hot,
    catalog,
    records,
    epochs,
    clock,
    log,
    secureCookies,
    queueKeys: () => keys.queue,
    signer: () => keys.admission.signer,
    keySet: () => ({ keys: keys.admission.publicKeys }),
    shopOrigin: "",
  });
  closing.later("gateway", () => gateway.stop());
  const boxOffice = openBoxOffice({
    hot,
    catalog,
    records,
    claims,
    orders,
    purchase,
    gateway: payments,
    epochs,
    clock,
    log,
    secureCookies,
    sessionKeys: () => keys.session,
    verifier: () => keys.admissionVerifier,
    ticketKeys: () => keys.ticket.publicKeys,
  });
  closing.later("box office", () => boxOffice.stop());

  const routes: Mounted = { ...gateway.routes, ...boxOffice.routes };
  return { routes, gateway, pacer, purchase, payments, keys };
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

type Paying = { payments: PaymentGateway; purchase: Purchase };

function startDuties(options: ShopOptions, { payments, purchase }: Paying, closing: Closing): void {
  const { stores, origin, smtpUrl, clock, log } = options;
  const { postgres, hot, epochs } = stores;
  const { orders: store, catalog, seatClaims: claims, outbox } = postgres;
  const mailer = smtpMailer({ url: smtpUrl, from: "Usher <tickets@usher.local>" });
  closing.later("mailer", () => mailer.close());
  const compose = orderMails({ store, catalog, publicUrl: origin });
  const duties = {
    completer: startCompleter({ store, purchase, log, leaseMs: usualSpans.leaseMs }),
    sweeper: startSweeper({ hot, epochs, claims, catalog, log }),
    relay: startRelay({ outbox, mailer, compose, log }),
    reconciler: startReconciler({ store, gateway: payments, purchase, clock, log }),
  };
  for (const [name, duty] of Object.entries(duties)) closing.later(name, () => duty.stop());
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
