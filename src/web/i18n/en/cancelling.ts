// The words of cancelling a performance and giving everything back.

import type { CancellingWords } from "../ko/cancelling.ts";

const n = (value: number) => new Intl.NumberFormat("en").format(value);
const some = (count: number, one: string, many: string) =>
  count === 1 ? `1 ${one}` : `${n(count)} ${many}`;

export const cancelling: CancellingWords = {
  link: "Cancel the performance and refund all",
  title: "Cancel a performance and refund all",
  intro:
    "For a performance that does not take place: everything sold of it is given back. It cannot be undone.",
  orders: "Orders",
  tickets: "Tickets",
  back: "Goes back",
  stays: "Fees kept",
  what: "Tickets end as their refund begins, and the money goes back the way it came. Each buyer gets a mail when it has. The seats are not sold again.",
  nothingSold: "Nothing has been sold. No new on-sale can be made for this performance afterwards.",
  keepFee: (money) => `Keep the cancellation fees (${money} in all)`,
  reason: "Why it is cancelled",
  reasonHint: "Kept in the audit. Buyers do not see it.",
  onSale: (count) =>
    `${some(count, "on-sale has", "on-sales have")} not ended. Close the sale first.`,
  checkedIn: (count) => `${some(count, "ticket has", "tickets have")} been let in already.`,
  givenAway: (count) =>
    `${some(count, "ticket was", "tickets were")} given to somebody else, who is told by mail too.`,
  underWay: (count) =>
    `${some(count, "order is", "orders are")} being paid just now. What becomes a sale is given back then.`,
  byHand: (count) =>
    `${some(count, "order has", "orders have")} no payment at the provider to give back: a person has to see to it.`,
  go: "Cancel it and refund all",
  sure: "Once more: it begins at once and cannot be undone.",
  goNow: (money) => `Refund ${money} now`,
  notYet: "Not yet",
  busy: "Writing it down",
  running: (done, all) => `Giving back: ${done} of ${all} orders done`,
  over: "Everything has been given back",
  done: "Given back",
  onTheWay: "Asked of the provider",
  toCome: "Waiting their turn",
  stuck: "For a person",
  stuckNext: "The provider refuses these, or the two books differ.",
  toOrders: "See the orders that wait",
  mayClose: "It goes on when this page is closed. Come back whenever you like.",
  overNext: "Should late money come, it is given back as well.",
  saidBy: (name, at) => `${name}, ${at}`,
  feeStays: "fees kept",
  feeToo: "in full, no fees kept",
};
