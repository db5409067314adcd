// How orders went, from their history: S10 (they move by the table of order.ts), M4 (who must be told is
// told, once) and M5 (none is left half way). The history is written by a trigger; versions number it.

import { isEnd, mayMove, type OrderState } from "../domain/ordering/order.ts";
import { mayRefundMove } from "../domain/ordering/refund.ts";
import type { OrderId } from "../foundation/ids.ts";
import type {
  AttemptRow,
  OrderChangeRow,
  OrderRow,
  RefundChangeRow,
} from "../ports/reads/evidence.ts";
import type { CaseFile } from "./evidence/case-file.ts";
import { type Check, type Finder, groupBy } from "./check.ts";

export const statesMove: Check = {
  id: "S10",
  sentence: "Orders and refunds make only transitions of their tables; versions grow by one.",
  needs: [],
  find(file, finder) {
    const { orders, orderChanges } = file;
    const histories = groupBy(orderChanges, ({ orderId }) => orderId);
    for (const order of orders) {
      const changes = histories.get(order.orderId) ?? [];
      let before: OrderChangeRow | undefined;
      for (const change of changes) {
        finder.saw();
        const wrong = wrongStep(before, change);
        if (wrong !== undefined)
          finder.violation(`${order.orderId} ${wrong}`, { before, after: change });
        before = change;
      }
      if (before?.state !== order.state || before.version !== order.version)
        finder.violation(`${order.orderId} is not where its history ends`, { order, before });
    }
    refundsMove(file, finder);
  },
};

function refundsMove({ refunds, refundChanges }: CaseFile, finder: Finder): void {
  const histories = groupBy(refundChanges, ({ refundId }) => refundId);
  for (const { refundId, state, version } of refunds) {
    let before: RefundChangeRow | undefined;
    for (const change of histories.get(refundId) ?? []) {
      finder.saw();
      const follows =
        before === undefined
          ? change.was === null && change.state === "requested" && change.version === 1
          : change.was === before.state &&
            change.version === before.version + 1 &&
            mayRefundMove(before.state, change.state);
      if (!follows)
        finder.violation(`${refundId} went from ${before?.state} to ${change.state}`, {
          before,
          after: change,
        });
      before = change;
    }
    if (before?.state !== state || before.version !== version)
      finder.violation(`${refundId} is not where its history ends`, { state, before });
  }
}

function wrongStep(
  before: OrderChangeRow | undefined,
  { was, state, version }: OrderChangeRow,
): string | undefined {
  if (before === undefined)
    return was === null && state === "draft" && version === 1
      ? undefined
      : `begins as ${state}, version ${version}`;
  if (was !== before.state) return `was ${before.state}, its next row says it was ${was}`;
  if (version !== before.version + 1) return `goes from version ${before.version} to ${version}`;
  return mayMove(before.state, state) ? undefined : `went from ${before.state} to ${state}`;
}

export const dutiesOnce: Check = {
  id: "M4",
  sentence: "Each change that a fan hears of has exactly one outbox row, and no other has one.",
  needs: [],
  find(file, finder) {
    // An order may be given back ticket by ticket: each refund owes a mail of its own.
    const duties = groupBy(file.duties, ({ orderId, topic, key }) =>
      topic === "tickets-refunded" ? key : `${orderId} ${topic}`,
    );
    const wanted = new Set<string>();
    for (const owed of owedMail(file)) {
      finder.saw();
      wanted.add(owed);
      const rows = duties.get(owed)?.length ?? 0;
      if (rows !== 1) finder.violation(`${owed}: ${rows} outbox rows instead of one`, {});
    }
    for (const [name, rows] of duties) {
      finder.saw();
      if (!wanted.has(name))
        finder.violation(`${name}: an outbox row without its change`, { rows });
    }
  },
};

/** Confirmed and refunded always; cancelled only where the provider had known of the payment. */
function owedMail({ orders, orderChanges, attempts, refunds }: CaseFile): string[] {
  const last = new Map<OrderId, OrderChangeRow>();
  for (const change of orderChanges)
    if (change.was !== change.state) last.set(change.orderId, change);
  const payments = new Map(attempts.map((row) => [`${row.orderId} ${row.attempt}`, row]));
  const given = refunds
    .filter(({ state }) => state === "refunded")
    .map(({ refundId }) => `refund:${refundId}:refunded`);
  const ofOrders = orders.flatMap((order) => {
    const topic = topicOf(
      order,
      last.get(order.orderId)?.was,
      payments.get(`${order.orderId} ${order.attempt}`),
    );
    return topic === undefined ? [] : [`${order.orderId} ${topic}`];
  });
  return [...given, ...ofOrders];
}

function topicOf(
  { state }: OrderRow,
  was: OrderState | null | undefined,
  payment: AttemptRow | undefined,
): string | undefined {
  if (state === "confirmed") return "order-confirmed";
  if (state === "refunded") return "order-refunded";
  if (state !== "cancelled" || was === "draft") return undefined;
  return payment?.state === "voided" && payment.providerRef !== null
    ? "order-cancelled"
    : undefined;
}

/** Where an order may still go once its money was taken; a person may have asked again in between. */
const afterPivot: readonly OrderState[] = [
  "issuing",
  "confirmed",
  "refunding",
  "refunded",
  "stuck",
  "payment-unknown",
];

export const sagasEnd: Check = {
  id: "M5",
  sentence:
    "No saga and no refund is left unfinished at rest; after the pivot nothing is undone except by refund.",
  needs: ["atRest"],
  find(file, finder) {
    for (const order of file.orders) {
      finder.saw();
      const waits = order.state === "draft" && order.deadline > file.readAt;
      if (!isEnd(order.state) && !waits)
        finder.violation(`${order.orderId} is left in ${order.state}`, { order });
    }
    for (const refund of file.refunds) {
      finder.saw();
      // One that a person was called for is at rest, and is listed at the desk.
      if (refund.state === "requested" || refund.state === "refunding")
        finder.violation(`${refund.refundId} is left in ${refund.state}`, { refund });
    }
    pivotKept(file, finder);
  },
};

function pivotKept({ orderChanges }: CaseFile, finder: Finder): void {
  const passed = new Set<OrderId>();
  for (const change of orderChanges) {
    if (change.state === "issuing") passed.add(change.orderId);
    else if (passed.has(change.orderId) && !afterPivot.includes(change.state))
      finder.violation(`${change.orderId} went back to ${change.state} after the capture`, {
        change,
      });
  }
}
