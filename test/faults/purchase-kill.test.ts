// `kill -9` at every failpoint of the saga: the order is in the hands of a real process, on real
// PostgreSQL, with the real provider; the process dies exactly there, and another run finishes the
// order. Afterwards both books agree. The list of failpoints is made from the saga's table, so a new
// step without a purchase that reaches it fails here.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import type { Order } from "../../src/ports/order-store.ts";
import { failpoints } from "../../src/purchase/purchase-saga.ts";
import { type Shop, startShop } from "../support/purchase.ts";
import type { BuyerArguments } from "./support/buyer.ts";

const program = join(import.meta.dir, "support/buyer.ts");

/** A purchase that passes through the step, and where it must come to rest. */
type Way = {
  card?: string;
  holdMs?: number;
  ends: Order["state"];
  impossible?: true;
  unpaid?: true;
};

const ways: Record<string, Way> = {
  "confirm-seats": { ends: "confirmed" },
  authorize: { ends: "confirmed" },
  capture: { ends: "confirmed" },
  "issue-tickets": { ends: "confirmed" },
  ask: { card: "4000000000006975", ends: "confirmed" },
  "look-for-proof": { card: "4000000000003220", ends: "confirmed" },
  void: { card: "4000000000000341", ends: "draft" },
  refund: { ends: "refunded", impossible: true },
  "let-go": { ends: "cancelled", holdMs: 300, unpaid: true },
};

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
}, 60_000);
afterAll(() => shop?.close());

async function buy(order: Order, method: string | undefined, failpoint?: string) {
  const { connectionString, sandbox } = shop;
  const { dataDir, address } = sandbox;
  const given: BuyerArguments = {
    connectionString,
    dataDir,
    address,
    orderId: order.orderId,
    method,
  };
  const child = Bun.spawn([process.execPath, program, JSON.stringify(given)], {
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
  test(`[M5] killed ${failpoint}: another run finishes it`, async () => {
    const way = ways[step];
    if (way === undefined) throw new Error(`no purchase here passes through ${step}`);
    const order = await shop.draft({ holdMs: way.holdMs ?? 60_000 });
    if (way.impossible) await plantTicket(order);
    if (way.unpaid) while (Date.now() <= order.deadline) await Bun.sleep(10);
    const method = way.unpaid ? undefined : await shop.sandbox.card(way.card);

    const killed = await buy(order, method, failpoint);
    expect(killed).toEqual({ signal: "SIGKILL", state: "" });
    const finished = await buy(order, undefined);
    expect(finished).toEqual({ signal: null, state: way.ends });

    const seats = { confirmed: "sold", draft: "held", refunded: "free" }[way.ends as string];
    if (seats !== undefined) expect(await shop.seatStates(order)).toEqual([seats]);
    const ledger = await shop.sandbox.ledger();
    const attempts = ledger.filter(({ orderId }) => orderId === order.orderId);
    expect(attempts.length).toBe(way.unpaid ? 0 : 1);
    if (way.impossible)
      await shop.database.query("delete from tickets where ticket_id like 'planted-%'");
    expect(await shop.booksAgree()).toEqual([]);
  }, 30_000);
}

/** Somebody else's live ticket on one of the seats makes the issue impossible. */
async function plantTicket(order: Order): Promise<void> {
  const other = await shop.draft({ count: 1 });
  await shop.database.query(
    `insert into tickets (ticket_id, order_id, performance_id, seat, code)
     values ($4, $1, $2, $3, $4)`,
    [other.orderId, order.performanceId, order.lines[0]?.seat, `planted-${order.orderId}`],
  );
}
