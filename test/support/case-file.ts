// A small sale in which everything went right, as evidence: three fans, five seats and two standing
// places, one declined card, one refund of an order, one of a single ticket, one released hold. Tests plant a violation into a copy of it.
// Ids are words here, so that a violation reads well.

import type { CaseFile } from "../../src/checks/evidence/case-file.ts";
import type { Told } from "../../src/checks/evidence/client-history.ts";
import type { VenuePlan } from "../../src/domain/seating/venue-plan.ts";
import { commitmentOf, openDraw } from "../../src/domain/waiting-room/draw.ts";
import type { OrderState } from "../../src/domain/ordering/order.ts";
import type { SeatChange } from "../../src/ports/reads/evidence.ts";
import { testSettings } from "./records.ts";

const id = <T extends string>(text: string) => text as T;
const ids = {
  sale: id<CaseFile["onSales"][number]["onSaleId"]>("sale"),
  performance: id<CaseFile["performanceId"]>("show"),
};
const t0 = 1_800_000_000_000;
const price = 1_000;

const plan: VenuePlan = {
  format: "usher-plan/1",
  name: { ko: "작은 방", en: "A small room" },
  canvas: { width: 100, height: 100 },
  categories: [
    { key: "seat", name: { ko: "좌석", en: "Seat" }, color: "#111111" },
    { key: "floor", name: { ko: "스탠딩", en: "Standing" }, color: "#222222" },
  ],
  sections: [
    {
      key: "s",
      name: { ko: "가", en: "S" },
      category: "seat",
      rows: [
        {
          key: "1",
          label: "1",
          seats: [1, 2, 3, 4, 5].map((n) => ({ label: String(n), x: n, y: 1 })),
        },
      ],
    },
  ],
  standingAreas: [
    {
      key: "pit",
      name: { ko: "앞", en: "Pit" },
      category: "floor",
      capacity: 2,
      outline: [
        [0, 0],
        [1, 0],
        [1, 1],
      ],
    },
  ],
};

type Fan = { name: string; index: number; hold: string; seats: number[] };
const fans: Fan[] = [
  { name: "ann", index: 0, hold: "hold-ann", seats: [0, 1] },
  { name: "bea", index: 1, hold: "hold-bea", seats: [2, 5] },
  { name: "cho", index: 2, hold: "hold-cho", seats: [3] },
];

export function cleanCase(): CaseFile {
  const seed = new Uint8Array(32).fill(7);
  const draw = openDraw(seed, 2);
  const file: CaseFile = {
    performanceId: ids.performance,
    readAt: t0 + 100_000,
    seatCount: 7,
    plan,
    onSales: [
      {
        onSaleId: ids.sale,
        phase: "open",
        commitment: commitmentOf(seed),
        seed: Buffer.from(seed).toString("hex"),
        cohort: 2,
        openedAt: t0,
        serving: 3,
        highWaterMark: 10,
        currency: "KRW",
        prices: { seat: price, floor: price },
        settings: { ...testSettings, maxCapacity: 3, seatsPerFan: 2 },
      },
    ],
    admissions: fans.map(({ name, index }) => ({
      admissionId: `admission-${name}`,
      onSaleId: ids.sale,
      entryId: id(name),
      index,
      position: draw.positionOf(index),
      claimedAt: t0 + 1_000 + index,
      deadline: t0 + 90_000,
      enteredAt: t0 + 2_000,
      endedAt: t0 + 80_000,
    })),
    seats: [],
    seatChanges: [],
    orders: [],
    ordersElsewhere: [id("order-of-another-show")],
    orderLines: [],
    orderChanges: [],
    attempts: [],
    refunds: [],
    refundLines: [],
    refundChanges: [],
    tickets: [],
    duties: [],
    atRest: true,
    ledger: [],
    clients: [],
    servingSamples: [
      { at: t0 + 500, published: 0, durable: 0 },
      { at: t0 + 1_500, published: 3, durable: 3 },
    ],
    hotSeats: [],
  };
  for (const fan of fans) wait(file, fan, draw.positionOf(fan.index));
  buy(file, fans[0]!, ["declined", "captured"]);
  buy(file, fans[1]!, ["captured"]);
  giveBack(file, fans[2]!);
  refundedOrder(file, fans[2]!);
  givenTicket(file, fans[0]!, { seat: 1, fee: 100 });
  repeats(file);
  settle(file);
  return file;
}

function tell(file: CaseFile, fan: Fan, at: number, told: Told): void {
  file.clients?.push({
    ...told,
    fan: fan.index,
    entryId: id(fan.name),
    sentAt: t0 + at,
    answeredAt: t0 + at + 5,
  });
}

function wait(file: CaseFile, fan: Fan, position: number): void {
  const joinedAt = fan.index < 2 ? -5_000 + fan.index : 100;
  tell(file, fan, joinedAt, { kind: "join", index: fan.index, known: false });
  tell(file, fan, 400, { kind: "status", position, ahead: position, serving: 0, asOf: t0 + 300 });
  tell(file, fan, 900, { kind: "status", position, ahead: 0, serving: 3, asOf: t0 + 850 });
  tell(file, fan, 1_000, {
    kind: "claim",
    answer: "admitted",
    admissionId: `admission-${fan.name}`,
  });
  tell(file, fan, 2_000, { kind: "entered" });
}

const deadline = t0 + 60_000;

function change(
  file: CaseFile,
  seat: number,
  at: number,
  to: Pick<SeatChange, "state"> & { fan?: Fan; order?: string },
): void {
  const before = file.seatChanges.findLast((row) => row.seat === seat);
  file.seatChanges.push({
    id: file.seatChanges.length + 1,
    at: t0 + at,
    was: before?.state ?? null,
    seat,
    state: to.state,
    fence: (before?.fence ?? 0) + 1,
    owner: to.fan === undefined ? null : id(to.fan.name),
    holdId: to.fan === undefined ? null : id(to.fan.hold),
    orderId: to.order === undefined ? null : id(to.order),
    deadline: to.state === "held" || to.state === "paying" ? deadline : null,
  });
}

function hold(file: CaseFile, fan: Fan, at: number): void {
  for (const seat of fan.seats) change(file, seat, at, { state: "held", fan });
  tell(file, fan, at, { kind: "held", holdId: id(fan.hold), seats: [...fan.seats], deadline });
}

type Outcome = "declined" | "captured" | "refunded";

/** One order, an attempt per outcome; the last one decides. */
function buy(file: CaseFile, fan: Fan, outcomes: Outcome[]): void {
  hold(file, fan, 3_000);
  const order = `order-${fan.name}`;
  const states: OrderState[] = ["draft"];
  for (const [n, outcome] of outcomes.entries()) {
    for (const seat of fan.seats) change(file, seat, 4_000 + n, { state: "paying", fan, order });
    states.push("authorizing");
    pay(file, fan, { order, attempt: n + 1, outcome });
    if (outcome === "declined") {
      for (const seat of fan.seats) change(file, seat, 4_100 + n, { state: "held", fan });
      states.push("draft");
    } else states.push("capturing", "issuing");
  }
  const last = outcomes.at(-1);
  if (last === "captured") states.push("confirmed");
  else states.push("refunding", "refunded");
  for (const seat of fan.seats) {
    if (last === "captured") {
      change(file, seat, 5_000, { state: "sold", fan, order });
      file.tickets.push({
        ticketId: `ticket-${seat}`,
        orderId: id(order),
        seat,
        state: "live",
      });
    } else change(file, seat, 5_000, { state: "free" });
  }
  record(file, fan, order, states);
}

function record(file: CaseFile, fan: Fan, order: string, states: OrderState[]): void {
  for (const [n, state] of states.entries())
    file.orderChanges.push({
      id: file.orderChanges.length + 1,
      orderId: id(order),
      at: t0 + 4_000 + n,
      was: states[n - 1] ?? null,
      state,
      version: n + 1,
    });
  const state = states.at(-1) ?? "draft";
  const topic = state === "confirmed" ? "order-confirmed" : "order-refunded";
  file.duties.push({ key: `${order}:${topic}`, topic, orderId: id(order) });
  for (const seat of fan.seats)
    file.orderLines.push({
      orderId: id(order),
      seat,
      category: seat < 5 ? "seat" : "floor",
      amount: price,
    });
  file.orders.push({
    orderId: id(order),
    onSaleId: ids.sale,
    entryId: id(fan.name),
    holdId: id(fan.hold),
    state,
    version: states.length,
    attempt: Math.max(...file.attempts.filter((a) => a.orderId === order).map((a) => a.attempt)),
    amount: price * fan.seats.length,
    currency: "KRW",
    deadline,
    reason: null,
    idempotencyKey: `key-${order}`,
  });
  if (state === "confirmed")
    tell(file, fan, 6_000, {
      kind: "tickets",
      orderId: id(order),
      tickets: fan.seats.map((seat) => ({ ticketId: `ticket-${seat}`, seat })),
    });
}

function pay(
  file: CaseFile,
  fan: Fan,
  { order, attempt, outcome }: { order: string; attempt: number; outcome: Outcome },
): void {
  const amount = price * fan.seats.length;
  const captured = outcome === "declined" ? 0 : amount;
  const refunded = outcome === "refunded" ? amount : 0;
  const common = { orderId: id<"order" & CaseFile["orders"][number]["orderId"]>(order), attempt };
  file.attempts.push({
    ...common,
    state: outcome,
    amount,
    currency: "KRW",
    refunded,
    providerRef: `pay-${order}-${attempt}`,
  });
  file.ledger?.push({
    ...common,
    providerRef: `pay-${order}-${attempt}`,
    state: outcome === "declined" ? "declined" : "captured",
    amount: { amount, currency: "KRW" },
    captured,
    refunded,
    actionUrl: undefined,
    declineCode: undefined,
    createdAt: t0 + 4_000,
  });
}

function giveBack(file: CaseFile, fan: Fan): void {
  hold(file, fan, 2_500);
  tell(file, fan, 2_600, { kind: "release", holdId: id(fan.hold) });
  for (const seat of fan.seats) change(file, seat, 2_601, { state: "free" });
}

/** Paid, then impossible to issue: the money went back. */
function refundedOrder(file: CaseFile, fan: Fan): void {
  buy(file, fan, ["refunded"]);
}

/** A ticket of a confirmed order that was given back afterwards, with a fee kept. */
function givenTicket(file: CaseFile, fan: Fan, { seat, fee }: { seat: number; fee: number }): void {
  const order = `order-${fan.name}`;
  const refundId = id<CaseFile["refunds"][number]["refundId"]>(`refund-${order}`);
  const orderId = id<CaseFile["orders"][number]["orderId"]>(order);
  const amount = price - fee;
  const { attempt } = file.orders.find((row) => row.orderId === orderId)!;
  const common = { refundId, orderId, amount, fee };
  file.refunds.push({
    ...common,
    attempt,
    state: "refunded",
    version: 3,
    settledWhere: "provider",
  });
  file.refundLines.push({ ...common, seat, ticketId: `ticket-${seat}` });
  const states = ["requested", "refunding", "refunded"] as const;
  for (const [n, state] of states.entries())
    file.refundChanges.push({
      id: n + 1,
      refundId,
      was: states[n - 1] ?? null,
      state,
      version: n + 1,
    });
  file.tickets.find((row) => row.seat === seat)!.state = "revoked";
  change(file, seat, 7_000, { state: "free" });
  file.attempts.find((row) => row.orderId === orderId && row.attempt === attempt)!.refunded =
    amount;
  file.ledger!.find((row) => row.orderId === orderId && row.attempt === attempt)!.refunded = amount;
  file.duties.push({ key: `refund:${refundId}:refunded`, topic: "tickets-refunded", orderId });
}

function repeats(file: CaseFile): void {
  const fan = fans[0]!;
  const first = { status: 201, what: fan.hold };
  tell(file, fan, 3_010, { kind: "repeat", sameBody: true, first, second: first });
  tell(file, fan, 3_020, {
    kind: "repeat",
    sameBody: false,
    first,
    second: { status: 422, code: "idempotency-key-reused" },
  });
  tell(file, fan, 50, { kind: "intrusion", route: "holds", how: "no session", status: 403 });
}

/** The rows as the history leaves them, and the hot store as the rows. */
function settle(file: CaseFile): void {
  const last = new Map(file.seatChanges.map((row) => [row.seat, row]));
  file.seats = [...last.values()].map(({ id: _, at: _at, was: _was, ...row }) => row);
  file.hotSeats = Array.from({ length: file.seatCount }, (_, seat) => {
    const state = last.get(seat)?.state ?? "free";
    return state === "paying" ? "held" : state;
  });
}
