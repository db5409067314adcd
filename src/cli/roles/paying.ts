// What box office and worker share: the provider's adapter, and on it the purchase and the refunds.

import type { Bounds } from "../../foundation/bounds.ts";
import { openPayments, type PaymentsConfig } from "../../payments/payments-config.ts";
import type { Order } from "../../ports/order-store.ts";
import type { PaymentGateway } from "../../ports/payment-gateway.ts";
import { openPurchase, type Purchase } from "../../purchase/purchase.ts";
import { openRefunds, type Refunds } from "../../purchase/refunding/refunds.ts";
import { tellHotStore } from "../../purchase/tell.ts";
import { usualSpans } from "../../purchase/world.ts";
import { ticketsFor } from "../../tickets/issue.ts";
import { pathTo } from "../../wire/routes.ts";
import type { Closing } from "../platform/closing.ts";
import type { Stores } from "../platform/stores.ts";
import type { RoleDeps } from "./role.ts";

/** Of the stores, only what a purchase writes. */
type SagaDeps = Pick<RoleDeps, "origins" | "clock" | "log"> & {
  stores: Pick<Stores, "postgres" | "hot" | "epochs">;
};

export type Paying = { payments: PaymentGateway; purchase: Purchase; refunds: Refunds };

export function payingBounds({ payments, purchase, refunds }: Paying): ReturnType<Bounds> {
  return { ...payments.bounds(), ...purchase.bounds(), ...refunds.bounds() };
}

export function openPaying(deps: RoleDeps, config: PaymentsConfig, closing: Closing): Paying {
  const windowPage = deps.origins.shop + pathTo("tossPage");
  const payments = openPayments(config, { clock: deps.clock, windowPage });
  const purchase = openSaga(deps, payments);
  closing.later("purchase", () => purchase.idle());
  const refunds = openRefunding(deps, payments);
  closing.later("refunds", () => refunds.idle());
  return { payments, purchase, refunds };
}

function openRefunding({ stores, clock, log }: RoleDeps, gateway: PaymentGateway): Refunds {
  const { postgres, hot, epochs } = stores;
  return openRefunds({
    store: postgres.refunds,
    gateway,
    clock,
    log,
    async tell({ performanceId, refundId }, truths) {
      try {
        await epochs.seats(performanceId, (scope) => hot.seats.apply(scope, truths));
      } catch (cause) {
        // A hint: PostgreSQL has spoken already, and the mender brings it in.
        log.warn({ refundId, cause: String(cause) }, "the maps could not be told");
      }
    },
    spans: usualSpans,
  });
}

/** Also for whoever brings a gateway of their own, as a benchmark does. */
export function openSaga(
  { stores, origins, clock, log }: SagaDeps,
  gateway: PaymentGateway,
): Purchase {
  const { postgres, hot, epochs } = stores;
  /** A fan who has bought leaves the place in the shop to the next one, at once; the admission has ended. */
  const freePlace = async ({ state, onSaleId, entryId }: Order) => {
    if (state !== "confirmed") return;
    await epochs.queue(onSaleId, (scope) => hot.queue.leave(scope, entryId));
  };
  return openPurchase({
    store: postgres.orders,
    gateway,
    clock,
    log,
    returnUrlOf: (orderId) => origins.shop + pathTo("paymentReturn", { orderId }),
    ticketsFor: ticketsFor(async () => (await postgres.keys.signing("ticket")).signer),
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
