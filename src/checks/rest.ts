// The books at rest: S15 (the seats add up) and S16 (the hot store says what PostgreSQL says).

import { type Check, groupBy } from "./check.ts";

export const seatsAddUp: Check = {
  id: "S15",
  sentence:
    "At rest free + held + sold + withheld = all, and sold is exactly what was ticketed, or waits for a refund.",
  needs: ["atRest"],
  find({ seats, seatCount, tickets, refunds, refundLines }, finder) {
    const open = new Set(
      refunds.filter(({ state }) => state !== "refunded").map(({ refundId }) => refundId),
    );
    const waits = new Set(
      refundLines.filter(({ refundId }) => open.has(refundId)).map(({ seat }) => seat),
    );
    const live = new Set(tickets.filter(({ state }) => state === "live").map(({ seat }) => seat));
    finder.saw(seatCount);
    for (const [seat, rows] of groupBy(seats, (row) => row.seat)) {
      if (rows.length > 1) finder.violation(`seat ${seat} has ${rows.length} rows`, { rows });
      if (seat < 0 || seat >= seatCount)
        finder.violation(`seat ${seat} of ${seatCount} does not exist`, { rows });
    }
    for (const row of seats) {
      if (row.state === "paying") finder.violation(`seat ${row.seat} is being paid for`, { row });
      if (row.state === "sold" && !live.has(row.seat) && !waits.has(row.seat))
        finder.violation(`seat ${row.seat} is sold and has no ticket`, { row });
    }
    const sold = new Set(seats.filter(({ state }) => state === "sold").map(({ seat }) => seat));
    for (const seat of live)
      if (!sold.has(seat)) finder.violation(`seat ${seat} has a ticket and is not sold`, {});
  },
};

export const storesAgree: Check = {
  id: "S16",
  sentence: "At rest the hot store equals PostgreSQL, seat by seat.",
  needs: ["atRest", "hotSeats"],
  find({ seats, seatCount, hotSeats = [], readAt }, finder) {
    const rows = new Map(seats.map((row) => [row.seat, row]));
    if (hotSeats.length !== seatCount)
      finder.violation(`the hot store has ${hotSeats.length} seats of ${seatCount}`, {});
    for (const [seat, hot] of hotSeats.entries()) {
      finder.saw();
      const row = rows.get(seat);
      const lapsed = row?.state === "held" && (row.deadline ?? 0) <= readAt;
      const state = row === undefined || lapsed ? "free" : row.state;
      // Availability shows a paying seat as held.
      const durable = state === "paying" ? "held" : state;
      if (hot !== durable)
        finder.violation(`seat ${seat}: ${hot} in the hot store, ${durable} in PostgreSQL`, {
          row,
        });
    }
  },
};
