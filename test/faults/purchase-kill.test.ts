// `kill -9` of the box office, of a worker, of PostgreSQL and of the payment provider, with orders at
// every place of the saga: before, during and after each step, and around its commit. Whatever was
// killed, every order comes to one of the two good ends, the tickets and the money kept or the seats
// free and the money back, and both books say so. The places are made from the saga's table, so a new
// step without a purchase that comes to it fails here (support/kill-points.ts).

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type KillablePostgres, killablePostgres } from "../support/killable-postgres.ts";
import { type Shop, startShop } from "../support/purchase.ts";
import { dialects } from "../support/sandbox.ts";
import { killPoints, type Victim } from "./support/kill-points.ts";
import { type Buying, killRound } from "./support/kill-rounds.ts";

const victims: readonly Victim[] = ["box office", "worker", "PostgreSQL", "provider"];
const seatsAt = { confirmed: "sold", draft: "held", refunded: "free", cancelled: "free" } as const;

let postgres: KillablePostgres;
beforeAll(async () => {
  postgres = await killablePostgres();
}, 60_000);
afterAll(() => postgres?.stop(), 60_000);

for (const dialect of dialects)
  describe(dialect, () => {
    let shop: Shop;
    beforeAll(async () => {
      shop = await startShop({ dialect, connectionString: await postgres.database() });
    }, 60_000);
    afterAll(() => shop?.close());

    for (const victim of victims)
      test(`[M5] ${dialect}: ${victim} killed at every place: all orders end well`, async () => {
        const buyings = await killRound({ shop, dialect, postgres }, victim);
        expect(buyings.length).toBe(killPoints(dialect, victim).length);
        const ends: Record<string, unknown> = {};
        for (const buying of buyings) ends[buying.point.name] = await endOf(buying);
        expect(ends).toEqual(
          Object.fromEntries(buyings.map(({ point }) => [point.name, goodEnd(point.way.ends)])),
        );
        await shop.database.query("delete from tickets where ticket_id like 'planted-%'");
        expect(await shop.booksAgree()).toEqual([]);
      }, 90_000);

    async function endOf({ order, point }: Buying) {
      const { state } = await shop.find(order.orderId);
      const [seats = "free"] = await shop.seatStates(order);
      const ledger = await shop.sandbox.ledger();
      const attempts = ledger.filter(({ orderId }) => orderId === order.orderId);
      const captured = attempts.filter(({ captured }) => captured > 0).length;
      const standing = attempts.reduce((sum, one) => sum + one.captured - one.refunded, 0);
      const tickets = (await shop.stores.orders.tickets(order.orderId)).length;
      if (!point.way.unpaid && point.way.ends === "cancelled")
        throw new Error("an end unthought of");
      return { state, seats, captured, standing, tickets };
    }
  });

const price = 132_000;
function goodEnd(state: Buying["order"]["state"]) {
  const seats = seatsAt[state as keyof typeof seatsAt];
  const kept = state === "confirmed";
  const captured = kept || state === "refunded" ? 1 : 0;
  return { state, seats, captured, standing: kept ? price : 0, tickets: kept ? 2 : 0 };
}
