// `kill -9` at every failpoint of the saga: the order is in the hands of a real process, on real
// PostgreSQL, with the real provider; the process dies exactly there, and another run finishes the
// order. Afterwards both books agree. The list of failpoints is made from the saga's table, so a new
// step without a purchase that reaches it fails here. One list of ways for each provider, since they
// come to the same steps by other cards and other pages.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { Order } from "../../../src/ports/order-store.ts";
import { failpoints } from "../../../src/purchase/purchase-saga.ts";
import { type Shop, startShop } from "../../support/purchase.ts";
import type { Dialect } from "../../support/sandbox.ts";
import type { BuyerArguments } from "./buyer.ts";

const program = join(import.meta.dir, "buyer.ts");

/** A purchase that passes through the step, and where it must come to rest. */
export type Way = {
  card?: string;
  holdMs?: number;
  ends: Order["state"];
  impossible?: true;
  unpaid?: true;
};

export function declareKills(dialect: Dialect, ways: Readonly<Record<string, Way>>): void {
  let shop: Shop;
  beforeAll(async () => {
    shop = await startShop({ dialect });
  }, 60_000);
  afterAll(() => shop?.close());

  const methodOf = (card: string | undefined) =>
    dialect === "sandbox" ? shop.sandbox.card(card) : Promise.resolve("hosted");

  async function buy(
    order: Order,
    given: Pick<BuyerArguments, "method" | "card">,
    failpoint?: string,
  ) {
    const { connectionString, sandbox } = shop;
    const { dataDir, address } = sandbox;
    const all: BuyerArguments = {
      ...given,
      connectionString,
      dialect,
      dataDir,
      address,
      orderId: order.orderId,
    };
    const child = Bun.spawn([process.execPath, program, JSON.stringify(all)], {
      env: { ...process.env, ...(failpoint === undefined ? {} : { USHER_FAILPOINT: failpoint }) },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    const said = await new Response(child.stdout).text();
    await child.exited;
    return { signal: child.signalCode, state: said.trim() };
  }

  for (const failpoint of failpoints) {
    const step = failpoint.replace(/^(before|after) /, "");
    test(`[M5] ${dialect}, killed ${failpoint}: another run finishes it`, async () => {
      const way = ways[step];
      if (way === undefined) throw new Error(`no purchase here passes through ${step}`);
      const order = await shop.draft({ holdMs: way.holdMs ?? 60_000 });
      if (way.impossible) await plantTicket(shop, order);
      if (way.unpaid) while (Date.now() <= order.deadline) await Bun.sleep(10);
      const { card } = way;
      const method = way.unpaid ? undefined : await methodOf(card);

      const killed = await buy(order, { method, card }, failpoint);
      expect(killed).toEqual({ signal: "SIGKILL", state: "" });
      const finished = await buy(order, { method: undefined, card });
      expect(finished).toEqual({ signal: null, state: way.ends });

      const seats = { confirmed: "sold", draft: "held", refunded: "free" }[way.ends as string];
      if (seats !== undefined) expect(await shop.seatStates(order)).toEqual([seats]);
      const ledger = await shop.sandbox.ledger();
      const attempts = ledger.filter(({ orderId }) => orderId === order.orderId);
      // What holds no money before the capture is not in the ledger without one.
      const isKnown =
        !way.unpaid && (shop.sandbox.gateway.begunBy === "shop" || way.ends !== "draft");
      expect(attempts.length).toBe(isKnown ? 1 : 0);
      if (way.impossible)
        await shop.database.query("delete from tickets where ticket_id like 'planted-%'");
      expect(await shop.booksAgree()).toEqual([]);
    }, 30_000);
  }
}

/** Somebody else's live ticket on one of the seats makes the issue impossible. */
async function plantTicket(shop: Shop, order: Order): Promise<void> {
  const other = await shop.draft({ count: 1 });
  await shop.database.query(
    `insert into tickets (ticket_id, order_id, performance_id, seat, code)
     values ($4, $1, $2, $3, $4)`,
    [other.orderId, order.performanceId, order.lines[0]?.seat, `planted-${order.orderId}`],
  );
}
