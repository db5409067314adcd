import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import pg from "pg";
import { type TestRecords, testRecords } from "../../../../test/support/records.ts";
import { brokenSeatPromises } from "../../../../test/support/seat-history.ts";
import { newId, type SeatNumber } from "../../../foundation/ids.ts";
import type {
  Leased,
  NewOrder,
  Order,
  OrderChange,
  OrderStore,
} from "../../../ports/order-store.ts";
import type { OutboxRow } from "../../../ports/outbox.ts";
import type { SeatClaim } from "../../../ports/seat-claims.ts";
import { type PostgresStores, openRecords } from "../../open.ts";

let records: TestRecords;
let other: PostgresStores;
let orders: OrderStore;
let next = 0;
let seats: SeatNumber[];
beforeAll(async () => {
  records = await testRecords();
  other = await openRecords(records.connectionString);
  orders = records.stores.orders;
});
afterAll(async () => {
  await records.stores.close();
  await other.close();
});
beforeEach(() => {
  seats = [next++, next++];
});

/** The world as no port can make it. */
async function run(sql: string, values: unknown[]): Promise<void> {
  const client = new pg.Client({ connectionString: records.connectionString });
  await client.connect();
  await client.query(sql, values);
  await client.end();
}

async function held(): Promise<SeatClaim> {
  const heldAt = Date.now();
  const claim = {
    performanceId: records.performance.performanceId,
    owner: newId("entry"),
    holdId: newId("hold"),
    seats,
    heldAt,
    deadline: heldAt + 300_000,
    limit: 6,
  };
  expect((await records.stores.seatClaims.claim(claim)).kind).toBe("claimed");
  return claim;
}

function orderFor(claim: SeatClaim, change: Partial<NewOrder> = {}): NewOrder {
  return {
    orderId: newId("order"),
    onSaleId: records.onSale.onSaleId,
    performanceId: claim.performanceId,
    entryId: claim.owner,
    holdId: claim.holdId,
    amount: { amount: 99_000 * claim.seats.length, currency: "KRW" },
    buyer: { name: "민", email: "min@example.com", locale: "ko" },
    lines: claim.seats.map((seat) => ({
      seat,
      category: "b",
      section: "101",
      row: "5",
      label: String(seat),
      price: { amount: 99_000, currency: "KRW" },
    })),
    deadline: claim.deadline,
    idempotencyKey: crypto.randomUUID(),
    bodyHash: "h1",
    ...change,
  };
}

async function draftOf(claim: SeatClaim): Promise<Order> {
  const made = await orders.create(orderFor(claim));
  if (made.kind !== "created") throw new Error(made.kind);
  return made.order;
}

const pay = (draft: Order) => orders.confirmSeats({ draft, provider: "sandbox", method: "tok" });

async function paying(claim: SeatClaim): Promise<Order> {
  const reply = await pay(await draftOf(claim));
  if (reply.kind !== "confirmed") throw new Error(reply.kind);
  return reply.order;
}

async function leaseOf({ orderId }: Order): Promise<Leased> {
  const [leased] = await orders.lease({ limit: 1, leaseMs: 60_000, orderId });
  if (leased === undefined) throw new Error("not leased");
  return leased;
}

async function step(leased: Leased, change: OrderChange): Promise<Leased> {
  const reply = await orders.record(leased, change);
  if (reply.kind === "lost") throw new Error("lost");
  return { ...leased, order: reply.order };
}

async function capturing(claim: SeatClaim): Promise<Leased> {
  const leased = await leaseOf(await paying(claim));
  return await step(leased, {
    state: "capturing",
    payment: { state: "capturing", providerRef: "pay_1" },
    keepLease: true,
  });
}

const captured = { state: "issuing", payment: { state: "captured" }, keepLease: true } as const;

async function issuing(claim: SeatClaim): Promise<Leased> {
  return await step(await capturing(claim), captured);
}

const ticketsFor = ({ order }: Leased) =>
  order.lines.map(({ seat }) => ({
    ticketId: newId("ticket"),
    orderId: order.orderId,
    performanceId: order.performanceId,
    seat,
    code: crypto.randomUUID(),
    state: "live" as const,
    issuedAt: Date.now(),
  }));

async function outboxOf({ orderId }: Order): Promise<OutboxRow[]> {
  const rows = await records.stores.outbox.take(1_000, 0);
  return rows.filter(({ payload }) => "orderId" in payload && payload.orderId === orderId);
}

const states = async ({ performanceId }: SeatClaim) => {
  const found: string[] = [];
  for await (const page of records.stores.seatClaims.pages(performanceId)) {
    for (const row of page) if (seats.includes(row.seat)) found.push(row.state);
  }
  return found;
};

describe("create", () => {
  test("[M1] same key and body: the same order, also from two processes at once", async () => {
    const order = orderFor(await held());
    const replies = await Promise.all([
      orders.create(order),
      other.orders.create({ ...order, orderId: newId("order") }),
      orders.create({ ...order, orderId: newId("order") }),
    ]);
    expect(replies.map(({ kind }) => kind).sort()).toEqual(["created", "repeated", "repeated"]);
    const ids = replies.map((reply) => ("order" in reply ? reply.order.orderId : ""));
    expect(new Set(ids).size).toBe(1);
    expect(await orders.create({ ...order, bodyHash: "h2" })).toEqual({ kind: "mismatch" });
    const found = await orders.find(ids[0] as Order["orderId"]);
    expect(found).toMatchObject({ state: "draft", version: 1, lines: order.lines, attempt: 0 });
    expect(await orders.ofOwner(order.onSaleId, order.entryId)).toEqual([found as Order]);
  });

  test("no order without the hold", async () => {
    const claim = await held();
    const strangers = orderFor({ ...claim, owner: newId("entry") });
    expect(await orders.create(strangers)).toEqual({ kind: "no-hold" });
    await records.stores.seatClaims.release(claim);
    expect(await orders.create(orderFor(claim))).toEqual({ kind: "no-hold" });
  });

  test("a new choice replaces the draft; an order at work is not replaced", async () => {
    const claim = await held();
    const first = await draftOf(claim);
    const second = await draftOf(claim);
    expect(await orders.find(first.orderId)).toMatchObject({
      state: "cancelled",
      reason: "replaced",
    });
    expect((await pay(first)).kind).toBe("lost");
    expect((await pay(second)).kind).toBe("confirmed");
    expect((await orders.create(orderFor(claim))).kind).toBe("no-hold");
  });

  test("a price that does not add up is a bug", async () => {
    const wrong = orderFor(await held(), { amount: { amount: 1, currency: "KRW" } });
    await expect(orders.create(wrong)).rejects.toThrow(/add up/);
  });
});

describe("confirm seats", () => {
  test("claims, order and the payment's intent move together", async () => {
    const claim = await held();
    const reply = await pay(await draftOf(claim));
    expect(reply).toMatchObject({
      kind: "confirmed",
      order: {
        state: "authorizing",
        version: 2,
        attempt: 1,
        payment: { attempt: 1, state: "authorizing", amount: { amount: 198_000 } },
      },
      truths: [{ state: "paying", fence: 2 }, { state: "paying" }],
    });
    expect((await records.stores.seatClaims.extend({ ...claim, deadline: 9e12 })).kind).toBe(
      "paying",
    );
    expect((await records.stores.seatClaims.release(claim)).truths).toEqual([]);
  });

  test("many at once: one goes through", async () => {
    const draft = await draftOf(await held());
    const replies = await Promise.all([pay(draft), pay(draft), pay(draft)]);
    expect(replies.map(({ kind }) => kind).sort()).toEqual(["confirmed", "lost", "lost"]);
  });

  test("a late fan gets seats that nobody took, and loses them where somebody did", async () => {
    const kind = async (after: (claim: SeatClaim) => Promise<unknown>) => {
      seats = [next++, next++];
      const claim = await held();
      const draft = await draftOf(claim);
      await run("update seat_claims set deadline = 1, fence = fence + 1 where hold_id = $1", [
        claim.holdId,
      ]);
      await after(claim);
      const reply = await pay(draft);
      return [reply.kind, (await orders.find(draft.orderId))?.state];
    };
    const { seatClaims } = records.stores;
    const long = { deadline: Date.now() + 300_000 };
    expect(await kind(async () => {})).toEqual(["confirmed", "authorizing"]);
    expect(
      await kind(({ performanceId }) => seatClaims.sweep({ performanceId, limit: 99 })),
    ).toEqual(["confirmed", "authorizing"]);
    const thief = { owner: newId("entry"), holdId: newId("hold"), ...long };
    expect(await kind((claim) => seatClaims.claim({ ...claim, ...thief }))).toEqual([
      "seats-lost",
      "draft",
    ]);
    // The lapsed hold did not count, so the owner took six others: eight would break the limit.
    const more = { holdId: newId("hold"), seats: Array.from({ length: 6 }, () => next++), ...long };
    expect(await kind((claim) => seatClaims.claim({ ...claim, ...more }))).toEqual([
      "seats-lost",
      "draft",
    ]);
  });

  test("a draft lives as long as its hold is extended", async () => {
    const claim = await held();
    const draft = await draftOf(claim);
    const deadline = claim.deadline + 60_000;
    await records.stores.seatClaims.extend({ ...claim, deadline });
    expect((await orders.find(draft.orderId))?.deadline).toBe(deadline);
  });
});

describe("lease and record", () => {
  test("one worker at a time; whoever lost the lease writes nothing", async () => {
    const order = await paying(await held());
    const [first] = await orders.lease({ limit: 1, leaseMs: 0, orderId: order.orderId });
    if (first === undefined) throw new Error("not leased");
    const second = await leaseOf(order);
    expect(await orders.lease({ limit: 9, leaseMs: 1, orderId: order.orderId })).toEqual([]);
    expect(await orders.record(first, { state: "payment-unknown" })).toEqual({ kind: "lost" });
    const done = await orders.record(second, { state: "payment-unknown", dueAt: 5 });
    expect(done).toMatchObject({ order: { state: "payment-unknown", version: 3 } });
    expect(await orders.record(second, { state: "authorizing" })).toEqual({ kind: "lost" });
  });

  test("due orders are shared out between workers, each once", async () => {
    const made: string[] = [];
    for (let count = 0; count < 6; count++) {
      seats = [next++];
      made.push((await paying(await held())).orderId);
    }
    const request = { limit: 4, leaseMs: 60_000 };
    const batches = await Promise.all([
      orders.lease(request),
      other.orders.lease(request),
      orders.lease({ limit: 100, leaseMs: 60_000 }),
    ]);
    const leased = batches.flat().map(({ order }) => order.orderId as string);
    expect(new Set(leased).size).toBe(leased.length);
    expect(leased.filter((id) => made.includes(id)).sort()).toEqual(made.sort());
    expect(await orders.lease({ limit: 100, leaseMs: 1 })).toEqual([]);
  });

  test("a nudge during the work is not forgotten, and a kept lease that lapses is due", async () => {
    const dueIds = async () =>
      (await orders.lease({ limit: 1_000, leaseMs: 0 })).map(({ order }) => order.orderId);
    const leased = await leaseOf(await paying(await held()));
    await orders.nudge(leased.order.orderId);
    await step(leased, { state: "payment-unknown", dueAt: Date.now() + 600_000 });
    expect(await dueIds()).toContain(leased.order.orderId);

    seats = [next++];
    const order = await paying(await held());
    const [short] = await orders.lease({ limit: 1, leaseMs: 0, orderId: order.orderId });
    if (short === undefined) throw new Error("not leased");
    await step(short, { state: "payment-unknown", keepLease: true });
    expect(await dueIds()).toContain(order.orderId);
  });

  test("[S10] a transition that is not in the table is a bug", async () => {
    const leased = await leaseOf(await paying(await held()));
    await expect(orders.record(leased, { state: "confirmed" })).rejects.toThrow(/to confirmed/);
  });

  test("declined: seats go back to the hold, and another card may be tried", async () => {
    const claim = await held();
    const leased = await leaseOf(await paying(claim));
    const declined = await step(leased, {
      state: "draft",
      reason: "card-declined",
      payment: { state: "declined", declineCode: "card-declined" },
      seats: "back",
      dueAt: claim.deadline,
    });
    expect(declined.order).toMatchObject({ state: "draft", payment: { state: "declined" } });
    expect(await states(claim)).toEqual(["held", "held"]);
    const again = await pay(declined.order);
    expect(again).toMatchObject({
      kind: "confirmed",
      order: { attempt: 2, payment: { attempt: 2 }, reason: undefined },
    });
    expect(await outboxOf(declined.order)).toEqual([]);
  });

  test("undone after the provider knew of it: seats free, one mail owed", async () => {
    const claim = await held();
    const leased = await leaseOf(await paying(claim));
    const known = await step(leased, {
      state: "requires-action",
      payment: { state: "voiding", providerRef: "pay_9" },
      keepLease: true,
    });
    const ended = await orders.record(known, {
      state: "cancelled",
      payment: { state: "voided" },
      seats: "free",
    });
    expect(ended).toMatchObject({ truths: [{ state: "free" }, { state: "free" }] });
    expect((await outboxOf(leased.order)).map(({ topic }) => topic)).toEqual(["order-cancelled"]);
  });
});

describe("issue", () => {
  test("[M4] sells the seats, writes the tickets, owes the mail, once", async () => {
    const claim = await held();
    const leased = await issuing(claim);
    const tickets = ticketsFor(leased);
    const reply = await orders.issue(leased, tickets, undefined);
    expect(reply).toMatchObject({ kind: "issued", truths: [{ state: "sold" }, { state: "sold" }] });
    expect(await orders.find(leased.order.orderId)).toMatchObject({ state: "confirmed" });
    expect(await orders.tickets(leased.order.orderId)).toEqual(
      tickets.sort((a, b) => a.seat - b.seat),
    );
    expect((await outboxOf(leased.order)).map(({ key }) => key)).toEqual([
      `order:${leased.order.orderId}:order-confirmed`,
    ]);
    expect(await orders.issue(leased, ticketsFor(leased), undefined)).toEqual({ kind: "lost" });
    expect(await orders.tickets(leased.order.orderId)).toHaveLength(2);
  });

  test("[S4, M4] commits the word that the money is taken with the tickets, and ends the admission", async () => {
    const claim = await held();
    const { onSaleId } = records.onSale;
    const admitted = await records.stores.lineRecords.admit({
      ...{ admissionId: `ad-${claim.owner}`, onSaleId, entryId: claim.owner, index: next },
      ...{ position: next, claimedAt: 1, deadline: Date.now() + 60_000 },
    });
    expect(admitted).toMatchObject({ kind: "admitted" });
    const leased = await capturing(claim);
    const { orderId } = leased.order;
    const seen = { ...leased, order: { ...leased.order, state: "issuing" } as const };
    expect(await orders.issue(seen, ticketsFor(leased), captured)).toMatchObject({
      kind: "issued",
      truths: [{ state: "sold" }, { state: "sold" }],
    });
    expect(await orders.find(orderId)).toMatchObject({
      state: "confirmed",
      version: leased.order.version + 1,
      payment: { state: "captured", providerRef: "pay_1" },
    });
    expect((await outboxOf(leased.order)).map(({ topic }) => topic)).toEqual(["order-confirmed"]);
    const again = await records.stores.lineRecords.admission(`ad-${claim.owner}`);
    expect(again?.endedAt).toBeGreaterThan(0);
  });

  test("[S4] in one batch the impossible and the lost stand aside, the others go through", async () => {
    const batch: Leased[] = [];
    for (let count = 0; count < 4; count++) {
      seats = [next++, next++];
      batch.push(await issuing(await held()));
    }
    const [good, uncaptured, stale, robbed] = batch as [Leased, Leased, Leased, Leased];
    await run("update payments set state = 'authorized' where order_id = $1", [
      uncaptured.order.orderId,
    ]);
    await run("update seat_claims set order_id = 'or_other', fence = fence + 1 where seat = $1", [
      robbed.order.lines[0]?.seat,
    ]);
    const replies = await Promise.all(
      [good, uncaptured, { ...stale, leaseToken: "old" }, robbed].map((leased) =>
        orders.issue(leased, ticketsFor(leased), undefined),
      ),
    );
    expect(replies.map((reply) => ("reason" in reply ? reply.reason : reply.kind))).toEqual([
      "issued",
      "not-captured",
      "lost",
      "seats-not-kept",
    ]);
    expect(await orders.tickets(robbed.order.orderId)).toEqual([]);
    expect(await orders.find(robbed.order.orderId)).toMatchObject({ state: "issuing" });
    const back = await step(robbed, {
      state: "refunding",
      reason: "seats-not-kept",
      payment: { state: "refunding" },
      keepLease: true,
    });
    const amount = back.order.amount.amount;
    await step(back, {
      state: "refunded",
      payment: { state: "refunded", refunded: amount },
      seats: "free",
    });
    expect((await outboxOf(robbed.order)).map(({ topic }) => topic)).toEqual(["order-refunded"]);
  });

  test("backlog and book tell what is open and what was paid", async () => {
    const { performanceId } = records.performance;
    const before = await orders.backlog(performanceId);
    const underWay = await orders.underWay(performanceId);
    const leased = await issuing(await held());
    const after = await orders.backlog(performanceId);
    expect(await orders.underWay(performanceId)).toBe(underWay + 1);
    expect(await orders.underWay(newId("performance"))).toBe(0);
    expect(after.issuing).toBe(before.issuing + 1);
    expect(await orders.backlog(newId("performance"))).toMatchObject({ issuing: 0, confirmed: 0 });
    const book: string[] = [];
    for await (const page of orders.payments(0)) {
      book.push(...page.map(({ orderId, state }) => `${orderId} ${state}`));
    }
    expect(book).toContain(`${leased.order.orderId} captured`);
    expect(new Set(book).size).toBe(book.length);
  });

  test("the whole story keeps the seats' promises", async () => {
    expect(await brokenSeatPromises(records.connectionString)).toEqual([]);
  });
});
