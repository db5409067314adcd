// Every check is shown to bite: into a sale where everything went right, one violation is planted, and
// the checks named (the one it is for, then those it breaks by plain logic) must catch it, and no others.

import { expect, test } from "bun:test";
import { cleanCase } from "../../test/support/case-file.ts";
import { allChecks } from "./all-checks.ts";
import type { CaseFile } from "./evidence/case-file.ts";
import { runCheck, runChecks } from "./check.ts";
import type { ClientRecord } from "./evidence/client-history.ts";

type Plant = { what: string; caughtBy: string[]; plant: (file: CaseFile) => void };

const told = <Kind extends ClientRecord["kind"]>(file: CaseFile, kind: Kind, nth = 0) =>
  file.clients!.filter(
    (record): record is Extract<ClientRecord, { kind: Kind }> => record.kind === kind,
  )[nth]!;
const lastChange = (file: CaseFile, seat: number) =>
  file.seatChanges.findLast((row) => row.seat === seat)!;
const payment = (file: CaseFile, ref: string) =>
  file.ledger!.find(({ providerRef }) => providerRef === ref)!;
const order = (file: CaseFile, name: string) =>
  file.orders.find(({ orderId }) => orderId === name)!;
const as = <T>(text: string) => text as T;

const plants: Plant[] = [
  {
    what: "two live tickets for one seat",
    caughtBy: ["S1", "S5", "S6"],
    plant: (file) => file.tickets.push({ ...file.tickets[0]!, ticketId: "twin" }),
  },
  {
    what: "a seat that goes from one owner to another before the first one's deadline",
    caughtBy: ["S2", "S12"],
    plant(file) {
      const held = file.seatChanges.find((row) => row.seat === 0 && row.state === "held")!;
      held.owner = as("dan");
      held.holdId = as("hold-dan");
      told(file, "held").entryId = as("nobody");
      told(file, "held").seats = [];
    },
  },
  {
    what: "a claim whose history has a hole",
    caughtBy: ["S2"],
    plant(file) {
      lastChange(file, 2).was = "held";
    },
  },
  {
    what: "more places taken than a standing area has",
    caughtBy: ["S3"],
    plant(file) {
      const claim = { ...lastChange(file, 5), owner: as("gus") as never, was: null, fence: 1 };
      const taken = [6, 7].map((seat, n) => ({ ...claim, id: 900 + n, seat }));
      file.seatChanges.push(...taken);
      file.seats.push(...taken);
      // The seats exist and are free again at rest; only for a moment were there too many.
      const freed = taken.map((row, n) => ({
        ...row,
        id: 910 + n,
        was: row.state,
        state: "free" as const,
        owner: null,
        holdId: null,
        fence: 2,
      }));
      file.seatChanges.push(...freed);
      file.seats = file.seats.filter(({ seat }) => seat < 6);
      file.seats.push(...freed);
      file.seatCount = 8;
      file.hotSeats!.push("free");
    },
  },
  {
    what: "a live ticket whose payment was never captured",
    caughtBy: ["S4", "S6"],
    plant(file) {
      Object.assign(payment(file, "pay-order-bea-1"), { state: "authorized", captured: 0 });
    },
  },
  {
    what: "a fan was shown a ticket that does not exist",
    caughtBy: ["S4"],
    plant(file) {
      told(file, "tickets").tickets.push({ ticketId: "phantom", seat: 6 });
    },
  },
  {
    what: "a captured order with a ticket for another seat than the one paid for",
    caughtBy: ["S5"],
    plant(file) {
      for (const row of file.orderLines) if (row.seat === 2) row.seat = 4;
    },
  },
  {
    what: "money that was taken for an order nobody has",
    caughtBy: ["S5"],
    plant: (file) =>
      file.ledger!.push({
        ...payment(file, "pay-order-bea-1"),
        orderId: as("lost-order"),
        providerRef: "pay-lost",
      }),
  },
  {
    what: "a won, refunded in part, with all its tickets alive",
    caughtBy: ["S6"],
    plant(file) {
      payment(file, "pay-order-bea-1").refunded = 1;
    },
  },
  {
    what: "our book says captured, the provider's says the same, but a ticket was revoked",
    caughtBy: ["S5", "S6", "S15"],
    plant(file) {
      file.tickets.find(({ seat }) => seat === 2)!.state = "revoked";
    },
  },
  {
    what: "one order captured twice",
    caughtBy: ["S7", "S6"],
    plant(file) {
      const second = payment(file, "pay-order-ann-1");
      Object.assign(second, { state: "captured", captured: second.amount.amount });
    },
  },
  {
    what: "more refunded than captured",
    caughtBy: ["S8", "S6"],
    plant(file) {
      payment(file, "pay-order-cho-1").refunded += 1;
    },
  },
  {
    what: "a refund of a card that was declined",
    caughtBy: ["S8"],
    plant(file) {
      file.attempts.find(({ state }) => state === "declined")!.refunded = 5;
    },
  },
  {
    what: "an order at a client's price, in every book",
    caughtBy: ["S9"],
    plant(file) {
      const cheap = 2;
      order(file, "order-bea").amount = cheap;
      for (const row of file.orderLines) if (row.orderId === "order-bea") row.amount = cheap / 2;
      for (const row of file.attempts) if (row.orderId === "order-bea") row.amount = cheap;
      const paid = payment(file, "pay-order-bea-1");
      paid.amount.amount = cheap;
      paid.captured = cheap;
    },
  },
  {
    what: "an order that jumps",
    caughtBy: ["S10"],
    plant(file) {
      const at = file.orderChanges.findIndex(
        ({ orderId, state }) => orderId === "order-bea" && state === "capturing",
      );
      file.orderChanges[at]!.state = "requires-action";
      file.orderChanges[at + 1]!.was = "requires-action";
    },
  },
  {
    what: "a version that was written twice",
    caughtBy: ["S10"],
    plant(file) {
      file.orderChanges.find(({ state }) => state === "issuing")!.version -= 1;
    },
  },
  {
    what: "an order row that is not where its history ends",
    caughtBy: ["S10"],
    plant(file) {
      order(file, "order-bea").version += 1;
    },
  },
  {
    what: "a write with an old fence",
    caughtBy: ["S11"],
    plant(file) {
      const [, second] = file.seatChanges.filter(({ seat }) => seat === 1);
      second!.fence = 1;
    },
  },
  {
    what: "a hold that ends early though nobody asked",
    caughtBy: ["S12"],
    plant(file) {
      file.clients = file.clients!.filter(({ kind }) => kind !== "release");
    },
  },
  {
    what: "a deadline that moves towards the fan",
    caughtBy: ["S12"],
    plant(file) {
      const paying = file.seatChanges.find((row) => row.seat === 0 && row.state === "paying")!;
      paying.deadline! -= 1;
      for (const row of file.seatChanges)
        if (row.seat === 0 && row.id > paying.id && row.deadline !== null)
          row.deadline = paying.deadline;
    },
  },
  {
    what: "a fan who is told too early that the hold is over",
    caughtBy: ["S12"],
    plant(file) {
      // A fan of whom the database knows nothing but the promise.
      const fan = { fan: 9, entryId: as("eve") as never };
      const holdId = as("hold-eve") as never;
      const row = { ...file.seatChanges.find(({ state }) => state === "held")! };
      Object.assign(row, { seat: 6, owner: "eve", holdId: "hold-eve", was: null, fence: 1 });
      file.seatChanges.push(row);
      file.seats.push(row);
      file.hotSeats![6] = "free";
      const at = { sentAt: row.at, answeredAt: row.at + 1 };
      file.clients!.push(
        { ...at, ...fan, kind: "held", holdId, seats: [6], deadline: row.deadline! },
        { ...at, ...fan, kind: "hold-lost", holdId },
      );
    },
  },
  {
    what: "a promised hold without a claim row",
    caughtBy: ["S13"],
    plant(file) {
      told(file, "held").seats.push(6);
    },
  },
  {
    what: "a promised deadline that was never written",
    caughtBy: ["S13"],
    plant(file) {
      told(file, "held").deadline += 1_000;
    },
  },
  {
    what: "one seat more than a fan may have",
    caughtBy: ["S14"],
    plant(file) {
      file.onSales[0]!.settings.seatsPerFan = 1;
    },
  },
  {
    what: "a seat that is still being paid for at rest",
    caughtBy: ["S15"],
    plant(file) {
      const row = {
        ...lastChange(file, 3),
        seat: 6,
        state: "paying" as const,
        was: null,
        fence: 1,
      };
      Object.assign(row, { owner: "fay", holdId: "hold-fay", orderId: "gone", deadline: 1 });
      file.seatChanges.push(row);
      file.seats.push(row);
      file.hotSeats![6] = "held";
    },
  },
  {
    what: "a seat that does not exist",
    caughtBy: ["S15"],
    plant(file) {
      const row = { ...lastChange(file, 3), seat: 70, was: null, fence: 1 };
      file.seatChanges.push(row);
      file.seats.push(row);
    },
  },
  {
    what: "a sold seat that the hot store offers",
    caughtBy: ["S16"],
    plant(file) {
      file.hotSeats![0] = "free";
    },
  },
  {
    what: "one position for two",
    caughtBy: ["Q1", "Q3"],
    plant(file) {
      file.admissions[2]!.position = file.admissions[0]!.position;
    },
  },
  {
    what: "one index for two clients",
    caughtBy: ["Q1"],
    plant: (file) => file.clients!.unshift({ ...told(file, "join"), entryId: as("zoe"), fan: 8 }),
  },
  {
    what: "an index above the durable mark",
    caughtBy: ["Q1"],
    plant(file) {
      file.onSales[0]!.highWaterMark = 2;
    },
  },
  {
    what: "somebody's people ahead grow",
    caughtBy: ["Q2"],
    plant(file) {
      told(file, "status", 1).ahead = 9;
    },
  },
  {
    what: "an index that changes when the fan comes back",
    caughtBy: ["Q2"],
    plant: (file) => file.clients!.push({ ...told(file, "join"), index: 9, known: true }),
  },
  {
    what: "a seed other than the promised one",
    caughtBy: ["Q3"],
    plant(file) {
      file.onSales[0]!.seed = "ab".repeat(32);
    },
  },
  {
    what: "two fans who changed places in the draw",
    caughtBy: ["Q3"],
    plant(file) {
      const [a, b] = file.admissions;
      [a!.position, b!.position] = [b!.position, a!.position];
    },
  },
  {
    what: "a later join that stands before an earlier one",
    caughtBy: ["Q3"],
    plant(file) {
      const join = told(file, "join", 2);
      const times = { sentAt: join.sentAt - 50, answeredAt: join.sentAt - 40 };
      file.clients!.push({ ...join, ...times, index: 3, entryId: as("hal"), fan: 7 });
    },
  },
  {
    what: "a fan at the front who is passed over",
    caughtBy: ["Q3"],
    plant(file) {
      const admitted = told(file, "claim", 2);
      const base = { fan: 6, entryId: as("ivy") as never };
      const at = (ms: number) => ({
        sentAt: admitted.sentAt + ms,
        answeredAt: admitted.sentAt + ms + 1,
      });
      file.clients!.push(
        {
          ...base,
          ...at(-700),
          ...{ kind: "status", position: 0, ahead: 0, serving: 1, asOf: admitted.sentAt - 800 },
        },
        { ...base, ...at(-690), kind: "claim", answer: "wait" },
        { ...base, ...at(900), kind: "claim", answer: "wait" },
      );
      // The one farther back was still seen waiting after that, and was admitted before.
      told(file, "status", 4).asOf = admitted.sentAt - 500;
    },
  },
  {
    what: "more shoppers than the capacity",
    caughtBy: ["Q4"],
    plant(file) {
      file.onSales[0]!.settings.maxCapacity = 2;
    },
  },
  {
    what: "a protected route that lets a stranger in",
    caughtBy: ["Q5"],
    plant(file) {
      told(file, "intrusion").status = 200;
    },
  },
  {
    what: "an order by somebody who never entered",
    caughtBy: ["Q5"],
    plant(file) {
      file.admissions[1]!.enteredAt = null;
    },
  },
  {
    what: "one entry, admitted twice",
    caughtBy: ["Q6"],
    plant(file) {
      const again = { ...file.admissions[0]!, admissionId: "second", index: 5, position: 5 };
      again.claimedAt = again.deadline;
      file.admissions.unshift(again);
    },
  },
  {
    what: "a client with another admission than the one that was kept",
    caughtBy: ["Q6"],
    plant(file) {
      told(file, "claim").admissionId = "forged";
    },
  },
  {
    what: "a serving position that falls",
    caughtBy: ["Q7"],
    plant: (file) => file.clients!.push({ ...told(file, "status", 1), serving: 1 }),
  },
  {
    what: "a serving position that was published before it was kept",
    caughtBy: ["Q7"],
    plant(file) {
      file.servingSamples![1]!.durable = 2;
    },
  },
  {
    what: "a serving position that was published and is kept nowhere",
    caughtBy: ["Q7"],
    plant(file) {
      file.onSales[0]!.serving = 2;
    },
  },
  {
    what: "the same request, two answers",
    caughtBy: ["M1"],
    plant(file) {
      told(file, "repeat").second = { status: 201, what: "another-hold" };
    },
  },
  {
    what: "another body under the same key, accepted",
    caughtBy: ["M1"],
    plant(file) {
      told(file, "repeat", 1).second = { status: 201, what: "hold-ann" };
    },
  },
  {
    what: "one key, two orders",
    caughtBy: ["M1"],
    plant(file) {
      order(file, "order-cho").entryId = order(file, "order-bea").entryId;
      order(file, "order-cho").idempotencyKey = order(file, "order-bea").idempotencyKey;
    },
  },
  {
    what: "a confirmed order of which nobody is told",
    caughtBy: ["M4"],
    plant: (file) => void file.duties.shift(),
  },
  {
    what: "the same duty twice",
    caughtBy: ["M4"],
    plant: (file) => file.duties.push({ ...file.duties[0]!, key: "other" }),
  },
  {
    what: "a mail about something that did not happen",
    caughtBy: ["M4"],
    plant: (file) => file.duties.push({ ...file.duties[0]!, topic: "order-refunded" }),
  },
  {
    what: "a purchase that was put down half way",
    caughtBy: ["M5"],
    plant(file) {
      const left = "payment-unknown" as const;
      file.orders.push({
        ...order(file, "order-cho"),
        ...{ orderId: as("order-left"), state: left, version: 3, amount: 0, idempotencyKey: "k" },
      });
      const states = ["draft", "authorizing", left] as const;
      for (const [n, state] of states.entries())
        file.orderChanges.push({
          id: 500 + n,
          orderId: as("order-left"),
          at: 1,
          was: states[n - 1] ?? null,
          state,
          version: n + 1,
        });
    },
  },
  {
    what: "an order that was cancelled after its money was taken",
    caughtBy: ["M5"],
    plant(file) {
      // By transitions that the table allows one by one.
      const rows = file.orderChanges.filter(({ orderId }) => orderId === "order-cho");
      const states = ["refunding", "stuck", "payment-unknown", "draft", "cancelled"] as const;
      const last = rows.at(-1)!;
      file.orderChanges = file.orderChanges.filter((row) => row !== last);
      let was: (typeof last)["was"] = "refunding";
      for (const [n, state] of states.slice(1).entries()) {
        file.orderChanges.push({ ...last, id: 600 + n, was, state, version: last.version + n });
        was = state;
      }
      const cancelled = order(file, "order-cho");
      cancelled.state = "cancelled";
      cancelled.version = last.version + 3;
      file.duties = file.duties.filter(({ orderId }) => orderId !== "order-cho");
      // The fan had asked for it, so the promise of the hold is not what is broken.
      file.clients!.push({
        ...told(file, "release"),
        kind: "cancel",
        orderId: cancelled.orderId,
      });
    },
  },
];

test("a sale in which everything went right passes every check, and every check saw something", async () => {
  for (const { id, result, violations } of await runChecks(allChecks, cleanCase()))
    expect({ id, result, violations }).toEqual({ id, result: "holds", violations: [] });
});

for (const { what, caughtBy, plant } of plants)
  test(`[${caughtBy[0]}] catches ${what}`, async () => {
    const file = cleanCase();
    plant(file);
    const verdicts = await runChecks(allChecks, file);
    const caught = verdicts.filter(({ result }) => result === "violated");
    expect(caught.map(({ id }) => id).sort()).toEqual([...caughtBy].sort());
    for (const { violations } of caught) expect(violations[0]?.says).toBeTruthy();
  });

test("every check has a violation planted for it, and there is the full number of checks", () => {
  const planted = new Set(plants.map(({ caughtBy }) => caughtBy[0]));
  for (const { id } of allChecks) expect(planted).toContain(id);
  expect(allChecks.length).toBeGreaterThanOrEqual(26);
  expect(new Set(allChecks.map(({ id }) => id)).size).toBe(allChecks.length);
  expect(plants.length).toBeGreaterThanOrEqual(50);
});

test("a check without its witness says so, and one that saw nothing does not claim to hold", async () => {
  const blind = { ...cleanCase(), ledger: undefined, atRest: false };
  const results = new Map(
    (await runChecks(allChecks, blind)).map(({ id, result, missing }) => [id, { result, missing }]),
  );
  expect(results.get("S5")).toEqual({ result: "not-checked", missing: ["ledger", "atRest"] });
  const empty = { ...cleanCase(), tickets: [] };
  const [first] = allChecks;
  expect((await runCheck(first!, empty)).result).toBe("nothing-seen");
});

test("violations are counted in full and listed in part", async () => {
  const file = cleanCase();
  for (let n = 0; n < 30; n++) file.duties.push({ key: `k${n}`, topic: "t", orderId: as(`o${n}`) });
  const check = allChecks.find(({ id }) => id === "M4")!;
  const { count, violations } = await runCheck(check, file);
  expect({ count, listed: violations.length }).toEqual({ count: 30, listed: 10 });
});
