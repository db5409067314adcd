// Refunds against the real PostgreSQL and the real sandbox provider, through everything that it does
// to its callers; at the end both books agree, order by order.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { type Shop, startShop } from "../../../test/support/purchase.ts";
import { newRefundId, newTransferId, type RefundId } from "../../foundation/after-sale-ids.ts";
import type { OperatorId } from "../../foundation/ids.ts";
import type { Order } from "../../ports/order-store.ts";
import type { NewRefund, Refund } from "../../ports/tickets/refund-store.ts";
import { refundOnce } from "../../workers/refunder.ts";

let shop: Shop;
let operatorId: OperatorId;
beforeAll(async () => {
  shop = await startShop();
  const { operators } = shop.stores;
  const password = crypto.randomUUID();
  const desk = { email: "desk@example.test", name: "Desk", role: "operator" as const, password };
  ({ operatorId } = await operators.create(desk));
}, 60_000);
afterAll(() => shop?.close());
beforeEach(() => shop.sandbox.calm());

function wish(order: Order, change: Partial<NewRefund> = {}): NewRefund {
  return {
    refundId: newRefundId(),
    orderId: order.orderId,
    seats: "all",
    feePerTicket: 0,
    by: { kind: "operator", operatorId },
    reason: "the show is off",
    seatsGo: "to-sale",
    idempotencyKey: crypto.randomUUID(),
    bodyHash: "0",
    ...change,
  };
}
async function ask(order: Order, change: Partial<NewRefund> = {}) {
  const reply = await shop.refunds.request(wish(order, change));
  await shop.refunds.idle();
  return reply;
}
async function asked(order: Order, change: Partial<NewRefund> = {}): Promise<Refund> {
  const reply = await ask(order, change);
  if (reply.kind !== "requested") throw new Error(JSON.stringify(reply));
  return (await shop.stores.refunds.find(reply.refund.refundId)) ?? reply.refund;
}
async function until(refundId: RefundId, state: Refund["state"]): Promise<Refund> {
  const { refunds: store } = shop.stores;
  const giveUpAt = Date.now() + 20_000;
  for (;;) {
    await refundOnce({
      store,
      refunds: shop.refunds,
      log: { error() {} } as never,
      leaseMs: 5_000,
    });
    const refund = await store.find(refundId);
    if (refund?.state === state) return refund;
    if (Date.now() > giveUpAt) throw new Error(`${refund?.state} ${refund?.stuckBecause}`);
    await Bun.sleep(20);
  }
}
async function inLedger({ orderId }: Order): Promise<[number, number]> {
  const found = (await shop.sandbox.ledger()).find((payment) => payment.orderId === orderId);
  return [found?.captured ?? 0, found?.refunded ?? 0];
}
const ticketsOf = async ({ orderId }: Order) =>
  (await shop.stores.orders.tickets(orderId)).map(({ state }) => state);
const seatOf = (order: Order, at: number) => order.lines[at]?.seat ?? -1;
async function mails(topic: string, id: string): Promise<number> {
  const sql = "select count(*)::int as owed from outbox where topic = $1 and payload::text like $2";
  return (await shop.database.query(sql, [topic, `%${id}%`])).rows[0].owed;
}

test("one ticket of two: it ends at once, its money goes back, its seat is free, one mail is owed", async () => {
  const order = await shop.bought();
  const refund = await asked(order, { seats: [seatOf(order, 1)] });
  expect(refund).toMatchObject({
    state: "refunded",
    settledWhere: "provider",
    amount: { amount: 66_000 },
  });
  expect(await inLedger(order)).toEqual([132_000, 66_000]);
  expect(await ticketsOf(order)).toEqual(["live", "revoked"]);
  expect((await shop.seatStates(order)).sort()).toEqual(["free", "sold"]);
  expect(shop.freed).toContainEqual(
    expect.objectContaining({ seat: seatOf(order, 1), state: "free" }),
  );
  const { revoked } = shop.stores.ticketHolding;
  expect(await revoked(order.performanceId)).toContain(refund.lines[0]?.ticketId as never);
  expect(await mails("tickets-refunded", refund.refundId)).toBe(1);
  expect(await shop.find(order.orderId)).toMatchObject({
    state: "confirmed",
    payment: { state: "captured", refunded: 66_000 },
  });
});

test("[S8] the rest, and then nothing more: a seat is given back once, whoever asks", async () => {
  const order = await shop.bought();
  await asked(order, { seats: [seatOf(order, 0)] });
  await asked(order);
  expect(await inLedger(order)).toEqual([132_000, 132_000]);
  expect(await ask(order)).toMatchObject({ kind: "refused", reason: "not-valid" });
  expect(await ask(order, { seats: [seatOf(order, 0)] })).toMatchObject({
    kind: "refused",
    reason: "not-valid",
    seats: [seatOf(order, 0)],
  });
  await expect(
    shop.database.query("update payments set refunded = amount + 1 where order_id = $1", [
      order.orderId,
    ]),
  ).rejects.toThrow(/check/);
});

test("[M1] the same key is the same refund, at once and later; another body is refused", async () => {
  const order = await shop.bought();
  const same = { idempotencyKey: "refund-key-1", seats: [seatOf(order, 0)] };
  const replies = await Promise.all([1, 2, 3].map(() => shop.refunds.request(wish(order, same))));
  expect(replies.map(({ kind }) => kind).sort()).toEqual(["repeated", "repeated", "requested"]);
  await shop.refunds.idle();
  expect((await ask(order, same)).kind).toBe("repeated");
  expect((await ask(order, { ...same, bodyHash: "1" })).kind).toBe("mismatch");
  expect(await inLedger(order)).toEqual([132_000, 66_000]);
});

test("a fee is kept of each ticket, never more than it cost; what is nothing is not asked of anybody", async () => {
  const order = await shop.bought();
  const refund = await asked(order, { feePerTicket: 6_000 });
  expect(refund).toMatchObject({ amount: { amount: 120_000 }, fee: 12_000, state: "refunded" });
  expect(await inLedger(order)).toEqual([132_000, 120_000]);
  const dear = await shop.bought(1);
  expect(await asked(dear, { feePerTicket: 1_000_000 })).toMatchObject({
    amount: { amount: 0 },
    fee: 66_000,
    state: "refunded",
  });
  expect(await inLedger(dear)).toEqual([66_000, 0]);
  expect(await shop.seatStates(dear)).toEqual(["free"]);
});

test("the organiser keeps the seats back", async () => {
  const order = await shop.bought();
  await asked(order, { seatsGo: "withheld" });
  expect(await shop.seatStates(order)).toEqual(["withheld"]);
});

test("an order that is no sale, or none, is refused", async () => {
  const draft = await shop.draft();
  const refused = { kind: "refused", reason: "not-confirmed" } as const;
  expect(await ask(draft)).toMatchObject(refused);
  expect(await ask({ ...draft, orderId: "or_none" as Order["orderId"] })).toMatchObject(refused);
});

describe("a ticket in other hands, or used", () => {
  async function given(order: Order): Promise<void> {
    const { ticketHolding: holding, orders } = shop.stores;
    const [ticket] = await orders.tickets(order.orderId);
    if (ticket === undefined) throw new Error("no ticket");
    const transferId = newTransferId();
    const { ticketId } = ticket;
    const to = "friend@example.test";
    const offer = { transferId, ticketId, to, locale: "en" as const, maxHandovers: 3 };
    await holding.offer({ ...offer, expiresAt: Date.now() + 60_000 });
    const made = { ticketId: `tk_${transferId.slice(3)}` as typeof ticketId, code: transferId };
    const receiver = { name: "Friend", email: to, locale: "en" as const };
    const reply = await holding.accept(transferId, { ...made, issuedAt: Date.now() }, receiver);
    expect(reply.kind).toBe("accepted");
  }

  test("the buyer cannot end it; the operator can, and the friend is told", async () => {
    const order = await shop.bought();
    await given(order);
    const byFan = { by: { kind: "fan" as const } };
    expect(await ask(order, byFan)).toMatchObject({
      kind: "refused",
      reason: "given-away",
      seats: [seatOf(order, 0)],
    });
    await asked(order, { ...byFan, seats: [seatOf(order, 1)] });
    const refund = await asked(order);
    expect(await mails("ticket-void", refund.lines[0]?.ticketId ?? "")).toBe(1);
    expect(await inLedger(order)).toEqual([132_000, 132_000]);
  });

  test("who is inside cannot take the money back; the operator can", async () => {
    const order = await shop.bought(1);
    const { door, orders } = shop.stores;
    const { performanceId } = order;
    const [ticket] = await orders.tickets(order.orderId);
    const gate = { gateId: "gt_0000000000000000000001" as never, performanceId, name: "North" };
    await door.makeGate(gate);
    const deviceId = "gd_0000000000000000000001" as never;
    await door.makeDevice({ deviceId, gateId: gate.gateId, codeHash: "c", codeMs: 60_000 });
    const device = { ...gate, deviceId, gate: "North" };
    const scan = {
      ticketId: ticket?.ticketId as never,
      nonce: "n1",
      offline: false,
      at: 0,
      way: "in",
    };
    expect(await door.scan(device as never, scan as never)).toMatchObject({ result: "let-in" });
    const refused = { kind: "refused", reason: "checked-in" };
    expect(await ask(order, { by: { kind: "fan" } })).toMatchObject(refused);
    expect(await asked(order)).toMatchObject({ state: "refunded" });
    const again = { ...scan, nonce: "n2" };
    expect(await door.scan(device as never, again as never)).toMatchObject({ result: "revoked" });
  });
});

describe("the provider misbehaves", () => {
  for (const conduct of ["silent-before", "silent-after", "error-before", "error-after"] as const)
    test(`at the refund, ${conduct}: asked about, and given back once`, async () => {
      const order = await shop.bought();
      await shop.sandbox.behave({ operation: "refund", conduct, order: order.orderId });
      const { refundId } = await asked(order, { seats: [seatOf(order, 0)] });
      await until(refundId, "refunded");
      expect(await inLedger(order)).toEqual([132_000, 66_000]);
    });

  test("while it cannot be asked nothing is guessed, and the seats stay", async () => {
    const order = await shop.bought();
    const { orderId } = order;
    await shop.sandbox.behave({
      operation: "find",
      conduct: "error-before",
      order: orderId,
      times: 1,
    });
    const refund = await asked(order);
    expect(refund.state).toBe("refunding");
    expect(await shop.seatStates(order)).toEqual(["sold"]);
    expect(await ticketsOf(order)).toEqual(["revoked", "revoked"]);
    await until(refund.refundId, "refunded");
  });

  test("refused: a person is called; asked again, it goes through once the provider gives in", async () => {
    const order = await shop.bought();
    await shop.sandbox.behave({ operation: "refund", conduct: "decline", order: order.orderId });
    const refund = await asked(order);
    expect(refund).toMatchObject({ state: "stuck", stuckBecause: "refund-card-declined" });
    expect(await shop.seatStates(order)).toEqual(["sold"]);
    await shop.refunds.advance(refund.refundId);
    expect(await shop.stores.refunds.find(refund.refundId)).toMatchObject({ state: "refunded" });
    expect(await inLedger(order)).toEqual([132_000, 132_000]);
  });

  test("a person settles it: by the provider's ledger, which is looked at, or elsewhere", async () => {
    const [there, elsewhere] = [await shop.bought(), await shop.bought()];
    const refused = { operation: "refund", conduct: "decline" };
    const stuck = async (order: Order) => {
      await shop.sandbox.behave({ ...refused, order: order.orderId });
      return await asked(order, { seats: [seatOf(order, 0)] });
    };
    const first = await stuck(there);
    const byHand = { how: "at-provider" as const, reason: "in its dashboard" };
    await shop.sandbox.behave({ operation: "find", conduct: "error-before", order: there.orderId });
    expect(await shop.refunds.settle(first.refundId, byHand)).toEqual({ kind: "not-there" });
    await shop.sandbox.calm();
    await shop.sandbox.behave({ ...refused, order: there.orderId });
    await until(first.refundId, "stuck");
    await shop.sandbox.gateway.refund({
      orderId: there.orderId,
      attempt: 1,
      idempotencyKey: crypto.randomUUID(),
      providerRef: there.payment?.providerRef ?? "",
      amount: { amount: 66_000, currency: "KRW" },
    });
    expect(await shop.refunds.settle(first.refundId, byHand)).toMatchObject({
      kind: "settled",
      refund: { settledWhere: "provider", settledReason: "in its dashboard" },
    });
    expect((await shop.find(there.orderId)).payment?.refunded).toBe(66_000);

    const second = await stuck(elsewhere);
    const bank = { how: "elsewhere" as const, reason: "bank transfer" };
    expect(await shop.refunds.settle(second.refundId, bank)).toMatchObject({ kind: "settled" });
    expect((await shop.find(elsewhere.orderId)).payment?.refunded).toBe(0);
    expect(await inLedger(elsewhere)).toEqual([132_000, 0]);
    expect(await shop.refunds.settle(second.refundId, bank)).toEqual({ kind: "not-stuck" });
  });

  test("paid back by hand beforehand: a difference is a person's, and nothing goes back twice", async () => {
    const order = await shop.bought();
    await shop.sandbox.gateway.refund({
      orderId: order.orderId,
      attempt: 1,
      idempotencyKey: crypto.randomUUID(),
      providerRef: order.payment?.providerRef ?? "",
      amount: { amount: 66_000, currency: "KRW" },
    });
    const refund = await asked(order, { seats: [seatOf(order, 0)] });
    expect(refund).toMatchObject({ state: "stuck", stuckBecause: "refunded-elsewhere" });
    expect(await inLedger(order)).toEqual([132_000, 66_000]);
    const told = { how: "at-provider" as const, reason: "it was this one" };
    expect((await shop.refunds.settle(refund.refundId, told)).kind).toBe("settled");
  });

  test("two tickets of one order at once, silent in between: each once", async () => {
    const order = await shop.bought();
    const { orderId } = order;
    await shop.sandbox.behave({ operation: "refund", conduct: "silent-after", order: orderId });
    const both = await Promise.all([
      asked(order, { seats: [seatOf(order, 0)] }),
      asked(order, { seats: [seatOf(order, 1)] }),
    ]);
    for (const { refundId } of both) await until(refundId, "refunded");
    expect(await inLedger(order)).toEqual([132_000, 132_000]);
  });
});

test("[S6, S8] at rest both books agree, order by order", async () => {
  expect(await shop.booksAgree()).toEqual([]);
});
