// A shop for purchase tests: real PostgreSQL, the real sandbox provider, the real saga. Seats are held
// in PostgreSQL directly; what the maps are told is kept in a list.

import pg from "pg";
import { systemClock } from "../../src/foundation/clock.ts";
import { newId, type OrderId } from "../../src/foundation/ids.ts";
import { silentLog } from "../../src/foundation/log.ts";
import type { Order } from "../../src/ports/order-store.ts";
import type { PaymentGateway } from "../../src/ports/payment-gateway.ts";
import type { SeatTruth } from "../../src/ports/seat-store.ts";
import { openPurchase } from "../../src/purchase/purchase.ts";
import { openRefunds, type RefundsDeps } from "../../src/purchase/refunding/refunds.ts";
import { type PurchaseSpans, usualSpans, type World } from "../../src/purchase/world.ts";
import type { PostgresStores } from "../../src/stores/open.ts";
import { ticketsFor } from "../../src/tickets/issue.ts";
import { type TestRecords, testRecords } from "./records.ts";
import { type Dialect, type Sandbox, startSandbox } from "./sandbox.ts";

export const seatPrice = { amount: 66_000, currency: "KRW" };

export type Shop = Awaited<ReturnType<typeof startShop>>;

export function purchaseOf(
  stores: PostgresStores,
  gateway: PaymentGateway,
  { told, ...world }: { told?: Order[] } & Partial<World> = {},
) {
  return openPurchase({
    store: stores.orders,
    gateway,
    clock: systemClock,
    log: silentLog,
    tell: async (order: Order, _truths: readonly SeatTruth[]) => void told?.push(order),
    ticketsFor: ticketsFor(async () => (await stores.keys.signing("ticket")).signer),
    returnUrlOf: (orderId: OrderId) => `http://shop.test/api/orders/${orderId}/return`,
    spans: usualSpans,
    ...world,
  });
}

export function refundsOf(
  stores: PostgresStores,
  gateway: PaymentGateway,
  options: { told?: SeatTruth[]; spans?: PurchaseSpans; reach?: RefundsDeps["reach"] } = {},
) {
  return openRefunds({
    store: stores.refunds,
    gateway,
    clock: systemClock,
    log: silentLog,
    tell: async (_refund, truths) => void options.told?.push(...truths),
    spans: options.spans ?? usualSpans,
    ...(options.reach === undefined ? {} : { reach: options.reach }),
  });
}

export async function startShop(
  options: { callMs?: number; args?: string[]; dialect?: Dialect; connectionString?: string } = {},
) {
  // The provider writes to its disk before every answer, and other tests write beside it.
  const { callMs = 1_500, args = [], dialect = "sandbox" } = options;
  const [records, sandbox] = await Promise.all([
    testRecords(options.connectionString),
    startSandbox({ callMs, args, dialect }),
  ]);
  const { stores } = records;
  const told: Order[] = [];
  const spans = { leaseMs: 30_000, silenceMs: 60_000 };
  const purchase = purchaseOf(stores, sandbox.gateway, { told, spans });
  const freed: SeatTruth[] = [];
  const refunds = refundsOf(stores, sandbox.gateway, { told: freed, spans });
  const database = new pg.Pool({ connectionString: records.connectionString, max: 2 });
  database.on("error", () => {}); // A test may kill the server.
  let nextSeat = 0;

  const takeSeats = (count: number): number[] => {
    const seats = Array.from({ length: count }, (_, i) => nextSeat + i);
    nextSeat += count;
    return seats;
  };
  const seatStates = async (order: Order): Promise<string[]> => {
    const seats = new Set(order.lines.map(({ seat }) => seat));
    const states: string[] = [];
    for await (const page of stores.seatClaims.pages(order.performanceId))
      for (const { seat, state, deadline = 0 } of page)
        if (seats.has(seat))
          states.push(state === "held" && deadline < Date.now() ? "free" : state);
    return [...new Set(states)];
  };
  const find = async (orderId: OrderId): Promise<Order> => {
    const order = await stores.orders.find(orderId);
    if (order === undefined) throw new Error(`no order ${orderId}`);
    return order;
  };

  const shop = {
    ...records,
    /** Another one takes its place where a test has killed it. */
    sandbox,
    purchase,
    refunds,
    told,
    /** What the maps were told by refunds. */
    freed,
    database,
    find,
    seatStates,
    async draft(draft: { holdMs?: number; count?: number } = {}): Promise<Order> {
      return draftOf(records, takeSeats(draft.count ?? 2), draft.holdMs ?? 60_000);
    },
    /** Waits until the order has the state; fails with what it has instead. */
    async until(orderId: OrderId, ...states: Order["state"][]): Promise<Order> {
      const giveUpAt = Date.now() + 15_000;
      for (;;) {
        const order = await find(orderId);
        if (states.includes(order.state)) return order;
        if (Date.now() > giveUpAt)
          throw new Error(`${order.state} (${order.payment?.state}), wanted ${states.join(", ")}`);
        await Bun.sleep(10);
      }
    },
    /** A fan's confirmed order, paid with the sandbox's own protocol. */
    async bought(count = 2): Promise<Order> {
      const order = await draftOf(records, takeSeats(count), 60_000);
      await purchase.pay(order, await sandbox.card());
      await purchase.idle();
      return find(order.orderId);
    },
    /** The fan cancels, and presses again where a worker has the order just then. */
    async leave(orderId: OrderId): Promise<string> {
      for (;;) {
        const { kind } = await purchase.cancel(orderId);
        if (kind !== "busy") return kind;
        await Bun.sleep(10);
      }
    },
    booksAgree: () => booksAgree(stores, sandbox),
    async close() {
      await purchase.idle();
      await refunds.idle();
      await database.end();
      await stores.close();
      await shop.sandbox.stop();
    },
  };
  return shop;
}

async function draftOf(records: TestRecords, seats: number[], holdMs: number): Promise<Order> {
  const { stores, performance, onSale } = records;
  const entryId = newId("entry");
  const holdId = newId("hold");
  const heldAt = Date.now();
  const deadline = heldAt + holdMs;
  const { performanceId } = performance;
  const claimed = await stores.seatClaims.claim({
    performanceId,
    owner: entryId,
    holdId,
    seats,
    heldAt,
    deadline,
    limit: 6,
  });
  if (claimed.kind !== "claimed") throw new Error(claimed.kind);
  const orderId = newId("order");
  const made = await stores.orders.create({
    orderId,
    onSaleId: onSale.onSaleId,
    performanceId,
    entryId,
    holdId,
    amount: { ...seatPrice, amount: seatPrice.amount * seats.length },
    buyer: { name: "Kim", email: "fan@example.test", locale: "ko" },
    lines: seats.map((seat) => ({
      seat,
      category: "a",
      section: "1",
      row: "1",
      label: String(seat),
      price: seatPrice,
    })),
    deadline,
    idempotencyKey: orderId,
    bodyHash: "0",
  });
  if (made.kind !== "created") throw new Error(made.kind);
  return made.order;
}

/**
 * Both books at rest, every attempt: money stands only behind confirmed orders, exactly the price of the
 * tickets that count and what was kept of others; seats are sold where a ticket counts, and nowhere else.
 */
export async function booksAgree(stores: PostgresStores, sandbox: Sandbox): Promise<string[]> {
  const wrong: string[] = [];
  const paidFor = new Set<string>();
  for (const payment of await sandbox.ledger()) {
    const order = await stores.orders.find(payment.orderId);
    const isCurrent = order?.state === "confirmed" && order.attempt === payment.attempt;
    const refunds = isCurrent ? await stores.refunds.ofOrder(payment.orderId) : [];
    const back = refunds.reduce(
      (sum, refund) => sum + (refund.settledWhere === "provider" ? refund.amount.amount : 0),
      0,
    );
    const standing = payment.captured - payment.refunded;
    if (standing !== (isCurrent ? order.amount.amount - back : 0))
      wrong.push(`${payment.orderId}:${payment.attempt} has ${standing}, order ${order?.state}`);
    if (isCurrent && order.payment?.refunded !== back)
      wrong.push(
        `${payment.orderId}: ${order.payment?.refunded} paid back by our book, not ${back}`,
      );
    for (const { state, refundId } of refunds)
      if (state !== "refunded") wrong.push(`${refundId} is left in ${state}`);
    if (payment.state === "authorized") wrong.push(`${payment.orderId} is still authorized`);
    if (isCurrent) paidFor.add(payment.orderId);
  }
  for await (const page of stores.orders.payments(0))
    for (const row of page) {
      const tickets = await stores.orders.tickets(row.orderId);
      const order = await stores.orders.find(row.orderId);
      const refunds = await stores.refunds.ofOrder(row.orderId);
      const ended = refunds.flatMap(({ lines }) => lines).length;
      const wanted = row.orderState === "confirmed" ? (order?.lines.length ?? 0) - ended : 0;
      const live = tickets.filter(({ state }) => state === "live").length;
      if (live !== wanted) wrong.push(`${row.orderId}: ${live} tickets`);
      if (row.orderState === "confirmed" && !paidFor.has(row.orderId))
        wrong.push(`${row.orderId} is confirmed and unpaid`);
    }
  return wrong;
}
