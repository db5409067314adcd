// Tickets against money, in two books: ours and the provider's own ledger. S4 to S9. A payment is held
// to what the provider says it took; what we believe we took is judged against it (S6).

import { settledElsewhere } from "../domain/ordering/order.ts";
import type { OrderId } from "../foundation/ids.ts";
import type { ProviderPayment } from "../ports/payment-gateway.ts";
import type { CaseFile } from "./evidence/case-file.ts";
import type { RefundRow } from "../ports/reads/evidence.ts";
import { type Check, type Finder, groupBy, sum } from "./check.ts";
import { placeCategories } from "./evidence/plan-facts.ts";

/** The provider's payments of this performance's orders. */
function ledgerOf({ ledger, orders }: CaseFile): ProviderPayment[] {
  const ours = new Set(orders.map(({ orderId }) => orderId));
  return (ledger ?? []).filter(({ orderId }) => ours.has(orderId));
}

/** A person's word that the fan was paid back another way; the provider keeps what it took. */
const isByHand = ({ state, reason }: { state: string; reason: string | null }) =>
  state === "refunded" && reason === settledElsewhere;

const kept = ({ captured, refunded }: ProviderPayment) => captured - refunded;
const liveOf = ({ tickets }: CaseFile) => tickets.filter(({ state }) => state === "live");

export const ticketsPaid: Check = {
  id: "S4",
  sentence: "Every live ticket has a captured payment, and whoever was shown a ticket has it.",
  needs: ["ledger"],
  find(file, finder) {
    const captures = groupBy(
      ledgerOf(file).filter((payment) => payment.state === "captured" && kept(payment) > 0),
      ({ orderId }) => orderId,
    );
    const free = new Set(file.orders.filter((o) => o.amount === 0).map((o) => o.orderId));
    for (const ticket of liveOf(file)) {
      finder.saw();
      if (!captures.has(ticket.orderId) && !free.has(ticket.orderId))
        finder.violation(`ticket ${ticket.ticketId} has no captured payment`, { ticket });
    }
    const exists = new Set(file.tickets.map(({ ticketId, seat }) => `${ticketId} ${seat}`));
    for (const record of file.clients ?? []) {
      if (record.kind !== "tickets") continue;
      for (const { ticketId, seat } of record.tickets) {
        finder.saw();
        if (!exists.has(`${ticketId} ${seat}`))
          finder.violation(`ticket ${ticketId} was shown to its fan and does not exist`, {
            record,
          });
      }
    }
  },
};

export const capturesSettled: Check = {
  id: "S5",
  sentence:
    "Every capture is in a confirmed order with exactly its seats, or given back, seat by seat or whole.",
  needs: ["ledger", "atRest"],
  find(file, finder) {
    const orders = new Map(file.orders.map((order) => [order.orderId, order]));
    const elsewhere = new Set(file.ordersElsewhere);
    const given = givenBack(file);
    // A ticket ends with the request; its seat is sold until the money is back.
    const ticketed = seatsBy(
      file.orderLines.filter((line) => given.get(keyOf(line)) === undefined),
    );
    const unsettled = seatsBy(
      file.orderLines.filter((line) => given.get(keyOf(line)) !== "refunded"),
    );
    const tickets = seatsBy(liveOf(file));
    const sold = seatsBy(
      file.seats.flatMap(({ state, orderId, seat }) =>
        state === "sold" && orderId !== null ? [{ orderId, seat }] : [],
      ),
    );
    for (const payment of file.ledger ?? []) {
      if (payment.state !== "captured" || kept(payment) <= 0) continue;
      if (elsewhere.has(payment.orderId)) continue;
      finder.saw();
      const order = orders.get(payment.orderId);
      if (order !== undefined && isByHand(order)) continue;
      if (order?.state !== "confirmed") {
        const says = `money was taken for ${payment.orderId}, which is ${order?.state ?? "nowhere"}`;
        finder.violation(says, { payment });
        continue;
      }
      const { orderId } = order;
      const wanted = [ticketed.get(orderId) ?? "", unsettled.get(orderId) ?? ""];
      const has = [tickets.get(orderId) ?? "", sold.get(orderId) ?? ""];
      if (has.join() !== wanted.join())
        finder.violation(`${orderId} paid for seats ${wanted[0]}`, {
          tickets: has[0],
          sold: has[1],
          payment,
        });
    }
  },
};

const keyOf = ({ orderId, seat }: { orderId: OrderId; seat: number }) => `${orderId} ${seat}`;

/** The state of the refund of each seat that has one. */
function givenBack({ refunds, refundLines }: CaseFile): Map<string, RefundRow["state"]> {
  const states = new Map(refunds.map(({ refundId, state }) => [refundId, state]));
  return new Map(
    refundLines.flatMap((line) => {
      const state = states.get(line.refundId);
      return state === undefined ? [] : [[keyOf(line), state]];
    }),
  );
}

function seatsBy(rows: readonly { orderId: OrderId; seat: number }[]): Map<OrderId, string> {
  return new Map(
    [...groupBy(rows, ({ orderId }) => orderId)].map(([orderId, group]) => [
      orderId,
      group
        .map(({ seat }) => seat)
        .sort((a, b) => a - b)
        .join(" "),
    ]),
  );
}

export const moneyConserved: Check = {
  id: "S6",
  sentence:
    "Captured − refunded = Σ prices of live tickets + retained fees + what a person has still to settle, exactly, per order and in both books.",
  needs: ["ledger", "atRest"],
  find(file, finder) {
    const ledger = groupBy(ledgerOf(file), ({ orderId }) => orderId);
    const attempts = groupBy(file.attempts, ({ orderId }) => orderId);
    const lines = groupBy(file.orderLines, ({ orderId }) => orderId);
    const live = groupBy(liveOf(file), ({ orderId }) => orderId);
    const refunds = groupBy(file.refunds, ({ orderId }) => orderId);
    for (const order of file.orders) {
      const { orderId, currency } = order;
      finder.saw();
      if (isByHand(order)) continue;
      const theirs = sum(ledger.get(orderId) ?? [], kept);
      const ours = sum(attempts.get(orderId) ?? [], (attempt) =>
        ["captured", "refunding", "refunded"].includes(attempt.state)
          ? attempt.amount - attempt.refunded
          : 0,
      );
      const prices = new Map((lines.get(orderId) ?? []).map(({ seat, amount }) => [seat, amount]));
      // A ticket for a seat that is not in the order is S5's; its price is then the order's own.
      const worth = sum(live.get(orderId) ?? [], ({ seat }) => prices.get(seat) ?? anyOf(prices));
      // Paid back elsewhere, by the word of a person: the payment itself was not touched.
      const retained = sum(refunds.get(orderId) ?? [], ({ settledWhere, amount, fee }) =>
        settledWhere === "provider" ? fee : amount + fee,
      );
      const owed = worth + retained;
      if (theirs !== owed || ours !== owed)
        finder.violation(`${orderId}: ${theirs} kept at the provider, ${ours} in our book`, {
          worthOfLiveTickets: worth,
          retained,
          payments: ledger.get(orderId),
        });
      for (const { amount } of ledger.get(orderId) ?? [])
        if (amount.currency !== currency)
          finder.violation(`${orderId} is in ${currency}, paid in ${amount.currency}`, {});
    }
  },
};

const anyOf = (prices: Map<number, number>) => [...prices.values()][0] ?? 0;

export const oneCapture: Check = {
  id: "S7",
  sentence: "At most one unrefunded capture per order.",
  needs: ["ledger"],
  find(file, finder) {
    for (const [orderId, payments] of groupBy(ledgerOf(file), (payment) => payment.orderId)) {
      finder.saw();
      const unrefunded = payments.filter(
        (payment) => payment.state === "captured" && kept(payment) > 0,
      );
      if (unrefunded.length > 1)
        finder.violation(`${orderId} was captured ${unrefunded.length} times`, { unrefunded });
    }
  },
};

export const refundsBounded: Check = {
  id: "S8",
  sentence: "0 ≤ refunded ≤ captured, in both books.",
  needs: ["ledger"],
  find(file, finder) {
    for (const payment of ledgerOf(file)) {
      finder.saw();
      const { captured, refunded, amount } = payment;
      if (refunded < 0 || refunded > captured || captured > amount.amount)
        finder.violation(`${refunded} refunded of ${captured} captured`, { payment });
    }
    for (const attempt of file.attempts) {
      finder.saw();
      if (attempt.refunded < 0 || attempt.refunded > attempt.amount)
        finder.violation(`${attempt.refunded} refunded of ${attempt.amount}`, { attempt });
      const gaveBack = ["refunding", "refunded", "captured"].includes(attempt.state);
      if (attempt.refunded > 0 && !gaveBack)
        finder.violation(`refunded, but ${attempt.state}: nothing was captured`, { attempt });
    }
    refundsAddUp(file, finder);
  },
};

/** What our book of a payment says went back is what its settled refunds are, and each is its lines. */
function refundsAddUp(file: CaseFile, finder: Finder): void {
  const { refunds, refundLines, attempts, orders } = file;
  const lines = groupBy(refundLines, ({ refundId }) => refundId);
  for (const refund of refunds) {
    finder.saw();
    const own = lines.get(refund.refundId) ?? [];
    const [amount, fee] = [sum(own, (line) => line.amount), sum(own, (line) => line.fee)];
    if (own.length === 0 || amount !== refund.amount || fee !== refund.fee || amount < 0 || fee < 0)
      finder.violation(`${refund.refundId} is ${refund.amount}, its lines are ${amount}`, {
        refund,
      });
  }
  const settled = groupBy(
    refunds.filter(({ settledWhere }) => settledWhere === "provider"),
    ({ orderId, attempt }) => `${orderId} ${attempt}`,
  );
  const confirmed = new Set(
    orders.filter(({ state }) => state === "confirmed").map(({ orderId }) => orderId),
  );
  for (const attempt of attempts) {
    if (!confirmed.has(attempt.orderId)) continue;
    const back = sum(
      settled.get(`${attempt.orderId} ${attempt.attempt}`) ?? [],
      ({ amount }) => amount,
    );
    if (attempt.refunded !== back)
      finder.violation(`${attempt.refunded} refunded by our book, its refunds are ${back}`, {
        attempt,
      });
  }
}

export const ownPrices: Check = {
  id: "S9",
  sentence: "No amount sent by a client is ever used: orders are the sum of our own prices.",
  needs: [],
  find(file, finder) {
    const sales = new Map(file.onSales.map((onSale) => [onSale.onSaleId, onSale]));
    const categories = placeCategories(file.plan);
    const lines = groupBy(file.orderLines, ({ orderId }) => orderId);
    const attempts = groupBy(file.attempts, ({ orderId }) => orderId);
    const ledger = groupBy(ledgerOf(file), ({ orderId }) => orderId);
    for (const order of file.orders) {
      finder.saw();
      const prices = sales.get(order.onSaleId)?.prices ?? {};
      const owed = sum(
        lines.get(order.orderId) ?? [],
        ({ seat }) => prices[categories[seat] ?? ""] ?? Number.NaN,
      );
      const asked = [
        order.amount,
        sum(lines.get(order.orderId) ?? [], ({ amount }) => amount),
        ...(attempts.get(order.orderId) ?? []).map(({ amount }) => amount),
        ...(ledger.get(order.orderId) ?? []).map(({ amount }) => amount.amount),
      ];
      if (asked.some((amount) => amount !== owed))
        finder.violation(`${order.orderId} is worth ${owed} by our prices`, { order, asked });
    }
    const priced = new Map(file.orderLines.map((line) => [keyOf(line), line.amount]));
    for (const line of file.refundLines) {
      finder.saw();
      if (line.amount + line.fee !== priced.get(keyOf(line)))
        finder.violation(`seat ${line.seat} is given back at another price than it was sold at`, {
          line,
        });
    }
  },
};
