// `kill -9` at every failpoint of a refund: the order is real, the provider is real, the process dies
// exactly there, and another run finishes it. Afterwards one ticket of two has ended, its price less the
// fee is back, once, and its seat is free. The points are made from the refund's own table, so a new step
// is killed here without a word. Our own protocol goes through all of them; the others through those
// where the provider's word is what matters.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Order } from "../../src/ports/order-store.ts";
import { refundFailpoints } from "../../src/purchase/refunding/refund-saga.ts";
import { payAt } from "../support/paying-fan.ts";
import { type Shop, startShop } from "../support/purchase.ts";
import { type Dialect, dialects } from "../support/sandbox.ts";
import type { GiverArguments } from "./support/giver.ts";

const program = join(import.meta.dir, "support/giver.ts");
const atTheProvider = ["between asking and giving back", "after give-back"];

for (const dialect of dialects)
  describe(dialect, () => {
    let shop: Shop;
    beforeAll(async () => {
      shop = await startShop({ dialect });
    }, 60_000);
    afterAll(() => shop?.close());

    const points =
      dialect === "sandbox" ? ["after request-refund", ...refundFailpoints] : atTheProvider;
    for (const point of points)
      test(`[M5] a refund, killed ${point}: another run finishes it, once`, async () => {
        const order = await bought(shop, dialect);
        const isRefused = point.endsWith("try-refund-again");
        if (isRefused) {
          const { orderId } = order;
          await shop.sandbox.behave({ operation: "refund", conduct: "decline", order: orderId });
        }
        expect(await give(shop, { order, dialect, point })).toEqual({
          signal: "SIGKILL",
          state: "",
        });
        expect(await give(shop, { order, dialect })).toEqual({ signal: null, state: "refunded" });

        const ledger = await shop.sandbox.ledger();
        expect(ledger.filter(({ orderId }) => orderId === order.orderId)).toMatchObject([
          { captured: 132_000, refunded: 60_000 },
        ]);
        expect((await shop.seatStates(order)).sort()).toEqual(["free", "sold"]);
        const tickets = await shop.stores.orders.tickets(order.orderId);
        expect(tickets.map(({ state }) => state)).toEqual(["live", "revoked"]);
        const owed = await shop.database.query(
          "select count(*)::int as n from outbox where topic = 'tickets-refunded' and payload->>'orderId' = $1",
          [order.orderId],
        );
        expect(owed.rows[0]).toEqual({ n: 1 });
        expect(await shop.booksAgree()).toEqual([]);
      }, 30_000);
  });

async function bought(shop: Shop, dialect: Dialect): Promise<Order> {
  if (dialect === "sandbox") return await shop.bought();
  const order = await shop.draft();
  await shop.purchase.pay(order, "hosted");
  const waiting = await shop.until(order.orderId, "requires-action");
  const back = await payAt(waiting.payment?.actionUrl ?? "", {}, shop.sandbox);
  await shop.purchase.returned(waiting, back.searchParams);
  return await shop.until(order.orderId, "confirmed");
}

async function give(
  { connectionString, sandbox }: Shop,
  { order, dialect, point }: { order: Order; dialect: Dialect; point?: string },
) {
  const { dataDir, address } = sandbox;
  const seat = order.lines[1]?.seat ?? -1;
  const given: GiverArguments = {
    ...{ connectionString, dialect, dataDir, address },
    orderId: order.orderId,
    seat,
    killedAt: point,
  };
  const child = Bun.spawn([process.execPath, program, JSON.stringify(given), "again"], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const said = await new Response(child.stdout).text();
  await child.exited;
  return { signal: child.signalCode, state: said.trim() };
}
