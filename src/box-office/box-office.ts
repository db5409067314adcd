// The box office: what is on sale, and behind the guard the seats, the holds and the orders. Puts the
// rooms of this folder together and says which route is whose; every protected route goes through the
// guard (test/security checks all of them).

import type { AdmissionVerifier } from "../../connector/src/admission-token.ts";
import type { Clock } from "../foundation/clock.ts";
import type { Log } from "../foundation/log.ts";
import type { SealingKeys } from "../foundation/sealed-bytes.ts";
import type { Bounds } from "../foundation/bounds.ts";
import { type LoadLimits, openLoadLimit, usualLoad } from "../http/limits/load-limit.ts";
import type { Mounted } from "../http/mount.ts";
import type { Catalog, SignInFailures } from "../ports/catalog.ts";
import type { HotStore } from "../ports/hot-store.ts";
import type { LineRecords } from "../ports/line-records.ts";
import type { OrderStore } from "../ports/order-store.ts";
import type { PaymentGateway } from "../ports/payment-gateway.ts";
import type { DoorStore } from "../ports/tickets/door-store.ts";
import type { TicketHolding } from "../ports/tickets/ticket-holding.ts";
import type { RefundStore } from "../ports/tickets/refund-store.ts";
import type { SeatClaims } from "../ports/seat-claims.ts";
import { mostDriven, type Purchase } from "../purchase/purchase.ts";
import type { Refunds } from "../purchase/refunding/refunds.ts";
import type { Epochs } from "../stores/epochs.ts";
import type { TicketSigner } from "../tickets/ticket-code.ts";
import type { TicketKey } from "../wire/tickets/ticket-code.ts";
import { openAvailability } from "./seats/availability.ts";
import { enteringRoutes } from "./entering.ts";
import { openGuard, type Shopper } from "./guard.ts";
import { holdRoutes } from "./seats/hold-routes.ts";
import { type Holds, openHolds } from "./seats/holds.ts";
import { givingBackRoutes } from "./orders/giving-back.ts";
import { orderRoutes } from "./orders/order-routes.ts";
import { openOrderViews } from "./orders/order-view.ts";
import { providerRoutes } from "./orders/provider-routes.ts";
import { publicRoutes } from "./public-routes.ts";
import { openSales } from "./sales.ts";
import { openAttempts } from "./desk/sign-in/attempts.ts";
import { gateRoutes } from "./door/gate-routes.ts";
import { openTickets } from "./tickets/tickets.ts";

export type BoxOfficeDeps = {
  hot: HotStore;
  catalog: Catalog;
  records: LineRecords;
  claims: SeatClaims;
  orders: OrderStore;
  purchase: Purchase;
  refundStore: RefundStore;
  refunds: Refunds;
  gateway: PaymentGateway;
  epochs: Epochs;
  clock: Clock;
  log: Log;
  sessionKeys: () => SealingKeys;
  queueKeys: () => SealingKeys;
  verifier: () => AdmissionVerifier;
  ticketKeys: () => readonly TicketKey[];
  ticketSigner: () => TicketSigner;
  ticketHolding: TicketHolding;
  door: DoorStore;
  failures: SignInFailures;
  secureCookies: boolean;
};

/** `stop` ends every stream with a told reconnect; requests are still answered. */
export type BoxOffice = { routes: Mounted; bounds: Bounds; stop(): Promise<void> };

/**
 * Until it is answered an order is ours alone, and let in by what is finished, as a hold is. Then it goes on
 * to its tickets, and how long that takes is the provider's affair as much as ours: of all together no more
 * are let in than this process drives, for an order that nobody drives would have its fan's word and no
 * end. It costs ten times what a hold does: a quarter as many fill its commits, and what is believed at the
 * start is a tenth.
 */
const orderLoad: LoadLimits = {
  ...usualLoad,
  ...{ least: 64, most: mostDriven, believedPerSec: 400, outsideMs: 100 },
};

export function openBoxOffice(deps: BoxOfficeDeps): BoxOffice {
  const { hot, clock, epochs } = deps;
  const sales = openSales(deps.catalog);
  const shared = { ...deps, sales, queue: hot.queue, seats: hot.seats, notices: hot.notices };
  const guard = openGuard(shared);
  const holds = openHolds(shared);
  const { cancelDrafts, releaseHold } = letGo(deps, holds);

  const entering = enteringRoutes({ ...shared, guard, releaseHold });
  const hold = holdRoutes({ guard, holds, cancelDrafts, seats: hot.seats, epochs, clock });
  const views = openOrderViews({ ...shared, signer: deps.ticketSigner });
  // Apart, so that a crowd that wants seats never stands before those who pay for theirs.
  const [takingSeats, ordering] = [openLoadLimit(), openLoadLimit(orderLoad)];
  const order = orderRoutes({ ...shared, guard, holds, views, goesOn: ordering.goesOn });
  const provider = providerRoutes(deps);
  const { ticketHolding: holding, ticketKeys: keys, ticketSigner: signer } = deps;
  const tickets = openTickets({ ...shared, holding, keys, signer });
  const attempts = openAttempts(deps.failures);
  const gates = gateRoutes({ ...shared, attempts, keys, revocations: tickets.revocations });
  const availability = openAvailability({ ...shared, guard });

  const routes: Mounted = {
    ...publicRoutes(sales),
    enter: { POST: entering.enter },
    shopSession: { GET: entering.look, DELETE: entering.leave },
    availability: { GET: availability.look },
    availabilityLive: { GET: availability.live },
    holds: { GET: hold.mine, POST: hold.take },
    hold: { DELETE: hold.release },
    extendHold: { POST: hold.extend },
    orders: { GET: order.mine, POST: order.create },
    order: { GET: order.look },
    orderPay: { POST: order.pay },
    orderCancel: { POST: order.cancel },
    orderLive: { GET: order.live },
    paymentReturn: { GET: provider.back },
    webhook: { POST: provider.webhook },
    ...givingBackRoutes({ ...shared, views, keys: deps.ticketKeys }),
    ...tickets.routes,
    ...gates.routes,
  };
  const limited = takingSeats.behind(routes, ["enter", "holds", "extendHold"]);
  return {
    routes: ordering.behind(limited, ["orders", "orderPay"]),
    bounds: () => ({
      seat_streams: availability.streams,
      order_streams: order.streams,
      holds_under_way: takingSeats.underWay,
      holds_outside: takingSeats.outside,
      holds_refusing: takingSeats.refusing,
      orders_under_way: ordering.underWay,
      orders_outside: ordering.outside,
      orders_refusing: ordering.refusing,
      ...tickets.bounds(),
      ...gates.bounds(),
    }),
    async stop() {
      order.endStreams();
      tickets.stop();
      await availability.stop();
    },
  };
}

/** What a shopper who lets seats go leaves behind: no draft, no hold. */
function letGo({ orders, purchase }: Pick<BoxOfficeDeps, "orders" | "purchase">, holds: Holds) {
  /** A draft lists seats; once some of them are given back it must not take them again by being paid. */
  const cancelDrafts = async (shopper: Shopper): Promise<void> => {
    for (const order of await orders.ofOwner(shopper.onSaleId, shopper.entryId)) {
      if (order.state === "draft") await purchase.cancel(order.orderId);
    }
  };
  const releaseHold = async (shopper: Shopper): Promise<void> => {
    await cancelDrafts(shopper);
    const found = await holds.of(shopper);
    if (found !== undefined && !found.paying) await holds.release(shopper, found.hold.holdId);
  };
  return { cancelDrafts, releaseHold };
}
