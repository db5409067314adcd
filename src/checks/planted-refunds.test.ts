// Violations planted into what was given back after the sale: one ticket of two, a fee kept. The checks
// named must catch each, and no others.

import { expect, test } from "bun:test";
import { cleanCase } from "../../test/support/case-file.ts";
import { allChecks } from "./all-checks.ts";
import { runChecks } from "./check.ts";
import type { CaseFile } from "./evidence/case-file.ts";

type Plant = { what: string; caughtBy: string[]; plant: (file: CaseFile) => void };

const refund = (file: CaseFile) => file.refunds[0]!;
const paid = (file: CaseFile) =>
  file.ledger!.find(({ providerRef }) => providerRef === "pay-order-ann-2")!;
const booked = (file: CaseFile) =>
  file.attempts.find(({ providerRef }) => providerRef === "pay-order-ann-2")!;
const seatRows = (file: CaseFile) => [
  ...file.seats.filter(({ seat }) => seat === 1),
  file.seatChanges.findLast(({ seat }) => seat === 1)!,
];

/** As before the provider's word: the ticket has ended, the money and the seat have not moved. */
function reopen(file: CaseFile, state: "refunding" | "stuck"): void {
  Object.assign(refund(file), { state, settledWhere: null, version: state === "stuck" ? 3 : 2 });
  if (state === "stuck") file.refundChanges.at(-1)!.state = "stuck";
  else file.refundChanges.pop();
  paid(file).refunded = 0;
  booked(file).refunded = 0;
  file.duties = file.duties.filter(({ topic }) => topic !== "tickets-refunded");
  const last = file.seatChanges.findLastIndex(({ seat }) => seat === 1);
  file.seatChanges.splice(last, 1);
  const { id: _, at: _at, was: _was, ...sold } = file.seatChanges.findLast((r) => r.seat === 1)!;
  file.seats = [...file.seats.filter(({ seat }) => seat !== 1), sold];
  file.hotSeats![1] = "sold";
}

const plants: Plant[] = [
  {
    what: "the fee went back too, at the provider",
    caughtBy: ["S6"],
    plant(file) {
      paid(file).refunded += 100;
    },
  },
  {
    what: "the money went back and the ticket still counts",
    caughtBy: ["S5", "S6", "S15"],
    plant(file) {
      file.tickets.find(({ seat }) => seat === 1)!.state = "live";
    },
  },
  {
    what: "the seat is sold still, though its money is back",
    caughtBy: ["S5", "S15"],
    plant(file) {
      for (const row of seatRows(file))
        Object.assign(row, {
          state: "sold",
          owner: "ann",
          holdId: "hold-ann",
          orderId: "order-ann",
        });
      file.hotSeats![1] = "sold";
    },
  },
  {
    what: "our book says that more went back than the refunds are",
    caughtBy: ["S6", "S8"],
    plant(file) {
      booked(file).refunded += 50;
    },
  },
  {
    what: "a refund that is not the sum of its lines",
    caughtBy: ["S8"],
    plant(file) {
      refund(file).amount += 1;
    },
  },
  {
    what: "a refund of nothing at all",
    caughtBy: ["S5", "S8"],
    plant(file) {
      file.refundLines = [];
    },
  },
  {
    what: "a seat given back at another price than it was sold at",
    caughtBy: ["S9", "S6"],
    plant(file) {
      for (const row of [refund(file), file.refundLines[0]!]) row.amount -= 5;
      for (const row of [paid(file), booked(file)]) row.refunded -= 5;
    },
  },
  {
    what: "a refund that jumps to its end",
    caughtBy: ["S10"],
    plant(file) {
      file.refundChanges.splice(1, 1);
      Object.assign(file.refundChanges[1]!, { was: "requested", version: 2 });
      refund(file).version = 2;
    },
  },
  {
    what: "a refund row that is not where its history ends",
    caughtBy: ["S10"],
    plant(file) {
      refund(file).version += 1;
    },
  },
  {
    what: "money that went back without a word to the fan",
    caughtBy: ["M4"],
    plant(file) {
      file.duties = file.duties.filter(({ topic }) => topic !== "tickets-refunded");
    },
  },
  {
    what: "two mails for one refund",
    caughtBy: ["M4"],
    plant: (file) => file.duties.push(file.duties.at(-1)!),
  },
  {
    what: "a refund left half way",
    caughtBy: ["M5"],
    plant: (file) => reopen(file, "refunding"),
  },
  {
    what: "sold once more while its refund is open",
    caughtBy: ["S2", "S11"],
    plant(file) {
      reopen(file, "stuck");
      const before = file.seatChanges.findLast(({ seat }) => seat === 1)!;
      const taken = { ...before, id: 990, was: "sold" as const, owner: "kim", holdId: "hold-kim" };
      Object.assign(taken, { orderId: "order-kim" });
      file.seatChanges.push(taken as never);
    },
  },
];

for (const { what, caughtBy, plant } of plants)
  test(`[${caughtBy[0]}] caught: ${what}`, async () => {
    const file = cleanCase();
    plant(file);
    const verdicts = await runChecks(allChecks, file);
    const caught = verdicts.filter(({ result }) => result === "violated").map(({ id }) => id);
    expect(caught.sort()).toEqual([...caughtBy].sort());
  });

test("what is no violation: a fee kept, a seat kept back, a refund that waits for a person", async () => {
  const clean = async (change: (file: CaseFile) => void) => {
    const file = cleanCase();
    change(file);
    const verdicts = await runChecks(allChecks, file);
    return verdicts.filter(({ result }) => result === "violated").map(({ id }) => id);
  };
  expect(await clean(() => {})).toEqual([]);
  expect(await clean((file) => reopen(file, "stuck"))).toEqual([]);
  expect(
    await clean((file) => {
      for (const row of seatRows(file)) row.state = "withheld";
      file.hotSeats![1] = "withheld";
    }),
  ).toEqual([]);
  // Paid back elsewhere, by the word of a person: the payment itself stands as it was.
  expect(
    await clean((file) => {
      refund(file).settledWhere = "elsewhere";
      paid(file).refunded = 0;
      booked(file).refunded = 0;
    }),
  ).toEqual([]);
  // A stuck order, in the same way: only with that word.
  const byHand = (reason: string | null) => (file: CaseFile) => {
    const order = file.orders.find(({ state }) => state === "refunded")!;
    order.reason = reason;
    const ours = file.attempts.find(
      ({ orderId, refunded }) => orderId === order.orderId && refunded > 0,
    )!;
    Object.assign(ours, { state: "captured", refunded: 0 });
    file.ledger!.find(({ providerRef }) => providerRef === ours.providerRef)!.refunded = 0;
  };
  expect(await clean(byHand("settled-elsewhere"))).toEqual([]);
  expect(await clean(byHand(null))).toEqual(["S5", "S6"]);
});
