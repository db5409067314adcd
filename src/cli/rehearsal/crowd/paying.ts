// A fan who pays: makes the order, tries the cards in hand one after the other, proves a payment on the
// provider's page (or does not), and watches the order to its end.

import type { HoldView, OrderView } from "../../../wire/contract.ts";
import type { Answer, Ask } from "./browser.ts";
import { type Fan, insist, newKey, pause, placeOf, tellRefused } from "./fan.ts";
import { giveBack, repeat } from "./holding.ts";

export type Paid = "bought" | "again" | "home";

export async function pay(fan: Fan, hold: HoldView): Promise<Paid> {
  const cards = [...fan.means.cards];
  const made = await makeOrder(fan, hold, cards.shift() ?? "approve");
  if (made === undefined) return "again";
  let order = made;
  let refusals = fan.means.proof === "refuse-then-approve" ? 1 : 0;
  while (!fan.town.stop.aborted) {
    switch (order.state) {
      case "confirmed":
        return "bought";
      case "cancelled":
      case "refunded":
        return "again";
      case "stuck":
        return "home";
      case "draft": {
        const next = await anotherCard(fan, order, cards.shift() ?? "approve");
        if (next === undefined) return "again";
        order = next;
        break;
      }
      case "requires-action": {
        const gone = await prove(fan, order, hold, refusals > 0);
        refusals -= 1;
        if (gone !== undefined) return gone;
        break;
      }
      default:
        await pause(fan, 500 + fan.random.below(900));
    }
    order = (await look(fan, order)) ?? order;
  }
  return "home";
}

type Card = Parameters<Fan["town"]["cardToken"]>[0];

async function makeOrder(fan: Fan, hold: HoldView, card: Card): Promise<OrderView | undefined> {
  const path = placeOf(fan, "orders");
  const body = {
    holdId: hold.holdId,
    buyer: { name: fan.name, email: `${fan.name}@fans.example`, locale: "ko" },
    paymentMethod: await fan.town.cardToken(card),
    // An honest page sends no amount; whoever does must not be believed (S9).
    ...(fan.means.intrudes ? { total: { amount: 1, currency: "KRW" }, amount: 1 } : {}),
  };
  const ask: Ask = { method: "POST", body, key: newKey() };
  const answer = await insist(fan, path, ask);
  if (answer.status !== 202) return refusedOrder(fan, hold, answer);
  const order = answer.body as OrderView;
  tellOrder(fan, order, hold, answer);
  await repeat(fan, {
    path,
    ask,
    first: answer,
    other: { ...body, buyer: { ...body.buyer, name: "Other" } },
  });
  return order;
}

function refusedOrder(fan: Fan, { holdId }: HoldView, answer: Answer): undefined {
  if (answer.problem?.code === "no-hold") fan.tell({ kind: "hold-lost", holdId }, answer);
  else if (answer.status === 0) fan.tell({ kind: "unanswered", route: "orders", holdId }, answer);
  else tellRefused(fan, "orders", answer);
  return undefined;
}

function tellOrder(fan: Fan, order: OrderView, { holdId }: HoldView, answer: Answer): void {
  const { orderId, state, total } = order;
  fan.tell({ kind: "order", orderId, holdId, state, total: total.amount }, answer);
}

/** Declined: another card, within the same hold. */
async function anotherCard(
  fan: Fan,
  { orderId }: OrderView,
  card: Card,
): Promise<OrderView | undefined> {
  await pause(fan, fan.means.thinkMs);
  const body = { paymentMethod: await fan.town.cardToken(card) };
  const path = placeOf(fan, "orderPay", { orderId });
  const answer = await insist(fan, path, { method: "POST", body, key: newKey() });
  if (answer.status === 202) return answer.body as OrderView;
  tellRefused(fan, "orderPay", answer);
  // Another answer to the same click is on its way (a lost reply): look how the order stands.
  const latest = await look(fan, { orderId });
  return latest?.state === "draft" ? undefined : latest;
}

/** On the provider's page. Answers only when the fan is done with this order. */
async function prove(
  fan: Fan,
  order: OrderView,
  hold: HoldView,
  refuses: boolean,
): Promise<Paid | undefined> {
  const { proof, thinkMs } = fan.means;
  await pause(fan, thinkMs);
  if (proof === "walk-away") return "home";
  if (proof === "cancel") return await cancel(fan, order, hold);
  if (order.actionUrl !== undefined)
    await fan.browser.submitForm(order.actionUrl, { answer: refuses ? "refuse" : "approve" });
  return undefined;
}

async function cancel(fan: Fan, { orderId }: OrderView, hold: HoldView): Promise<Paid> {
  const path = placeOf(fan, "orderCancel", { orderId });
  const answer = await insist(fan, path, { method: "POST", key: newKey() });
  fan.tell({ kind: "cancel", orderId, holdId: hold.holdId }, answer);
  await pause(fan, 1_000);
  const latest = await look(fan, { orderId });
  if (latest?.state === "confirmed") return "bought";
  await giveBack(fan, hold);
  return "home";
}

async function look(
  fan: Fan,
  { orderId }: Pick<OrderView, "orderId">,
): Promise<OrderView | undefined> {
  const answer = await insist(fan, placeOf(fan, "order", { orderId }), {});
  if (answer.status !== 200) {
    tellRefused(fan, "order", answer);
    return undefined;
  }
  const order = answer.body as OrderView;
  if (order.state === "confirmed") {
    const tickets = order.tickets.map(({ ticketId, seat }) => ({ ticketId, seat: seat.seat }));
    fan.tell({ kind: "tickets", orderId, tickets }, answer);
  }
  return order;
}
