// A fan of the box office under test who has bought, and the tickets that came of it.

import type { OrderView } from "../../src/wire/contract.ts";
import type { BoxOfficeUnderTest } from "./box-office.ts";
import { until } from "./until.ts";

export type Bought = OrderView & { holders: string[]; codes: string[] };

export async function buyTickets(shop: BoxOfficeUnderTest, seats: number[]): Promise<Bought> {
  const fan = await shop.shopper();
  const held = (await (await fan.call("POST", "/holds", { seats })).json()) as { holdId: string };
  const buyer = { name: "김하늘", email: "haneul@example.com", locale: "ko" };
  const paymentMethod = await shop.sandbox.card();
  const made = await fan.call("POST", "/orders", { holdId: held.holdId, buyer, paymentMethod });
  const { orderId } = (await made.json()) as OrderView;
  let order: OrderView | undefined;
  await until("the order to be confirmed", async () => {
    order = (await (await fan.call("GET", `/orders/${orderId}`)).json()) as OrderView;
    return order.state === "confirmed";
  });
  if (order === undefined) throw new Error("no order");
  const holders = order.tickets.map(({ url }) => url.split("#h=")[1] ?? "");
  return { ...order, holders, codes: order.tickets.map(({ code }) => code) };
}
