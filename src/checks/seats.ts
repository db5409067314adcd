// Seats, from their history alone: S1, S2, S3, S11. The history is written by a trigger, row by row as
// seats change, so no code path can leave itself out of it.

import type { Evidence, SeatChange } from "../ports/reads/evidence.ts";
import { type Check, type Finder, groupBy } from "./check.ts";
import { standingRanges } from "./evidence/plan-facts.ts";

const isTaken = (state: string | null) => state !== null && state !== "free";

export const seatsOnce: Check = {
  id: "S1",
  sentence: "No seat is in two live tickets.",
  needs: [],
  find({ tickets }, finder) {
    const live = tickets.filter(({ state }) => state === "live");
    finder.saw(live.length);
    for (const [seat, both] of groupBy(live, (ticket) => ticket.seat)) {
      if (both.length < 2) continue;
      finder.violation(`seat ${seat} is in ${both.length} live tickets`, { tickets: both });
    }
    for (const [ticketId, both] of groupBy(tickets, (ticket) => ticket.ticketId))
      if (both.length > 1) finder.violation(`ticket ${ticketId} exists twice`, { tickets: both });
  },
};

export const claimsApart: Check = {
  id: "S2",
  sentence: "No two claims on a seat overlap in time.",
  needs: [],
  find({ seatChanges, refundLines }, finder) {
    const given = new Set(refundLines.map(({ orderId, seat }) => `${orderId} ${seat}`));
    for (const changes of groupBy(seatChanges, ({ seat }) => seat).values()) {
      finder.saw(changes.length);
      for (const [at, change] of changes.entries()) {
        const before = changes[at - 1];
        // What was sold and given back may be kept by the organiser.
        const isKept =
          change.state === "withheld" && given.has(`${before?.orderId} ${change.seat}`);
        const wrong = isKept ? undefined : overlapOf(before, change);
        if (wrong !== undefined) {
          const evidence = { before, after: change };
          finder.violation(`seat ${change.seat} ${wrong}`, evidence);
        }
      }
    }
  },
};

/** A claim begins only where none was, where the one before has run out, or with the same hold. */
function overlapOf(before: SeatChange | undefined, change: SeatChange): string | undefined {
  if (change.was !== (before?.state ?? null))
    return `was ${change.was}, but the row before says ${before?.state ?? "nothing"}`;
  if (before === undefined || !isTaken(before.state) || !isTaken(change.state)) return undefined;
  if (before.owner === change.owner) return undefined;
  const lapsed =
    before.state === "held" && before.deadline !== null && before.deadline <= change.at;
  if (lapsed) return undefined;
  return `went from ${before.owner} (${before.state}) to ${change.owner} (${change.state})`;
}

export const standingBounded: Check = {
  id: "S3",
  sentence: "A standing area never exceeds its capacity, at any prefix of the log.",
  needs: [],
  find(file, finder) {
    const areas = standingRanges(file.plan);
    const taken = areas.map(() => new Set<number>());
    for (const change of file.seatChanges) {
      const at = areas.findIndex(({ first, last }) => change.seat >= first && change.seat <= last);
      const area = areas[at];
      const places = taken[at];
      if (area === undefined || places === undefined) continue;
      finder.saw();
      if (isTaken(change.state)) places.add(change.seat);
      else places.delete(change.seat);
      if (places.size > area.capacity) {
        const says = `${places.size} places of ${area.key} are taken, it has ${area.capacity}`;
        finder.violation(says, { change });
      }
    }
    linesWithin(file, finder);
  },
};

/** Counted once more, from what was sold: places of an area by the numbers on live tickets. */
function linesWithin({ plan, tickets }: Evidence, finder: Finder): void {
  for (const { key, first, last, capacity } of standingRanges(plan)) {
    const sold = tickets.filter(
      ({ state, seat }) => state === "live" && seat >= first && seat <= last,
    );
    if (sold.length > capacity)
      finder.violation(`${sold.length} tickets for ${key}, it has ${capacity} places`, { key });
  }
}

export const fencesRise: Check = {
  id: "S11",
  sentence: "The fences of a seat's accepted writes strictly increase.",
  needs: [],
  find({ seats, seatChanges }, finder) {
    const last = new Map<number, SeatChange>();
    for (const change of seatChanges) {
      finder.saw();
      const before = last.get(change.seat);
      if (before !== undefined && change.fence <= before.fence) {
        const says = `seat ${change.seat}: fence ${change.fence} after ${before.fence}`;
        finder.violation(says, { before, after: change });
      }
      last.set(change.seat, change);
    }
    for (const row of seats) {
      const change = last.get(row.seat);
      if (change?.fence !== row.fence) {
        const says = `seat ${row.seat} has fence ${row.fence}, its history ends at ${change?.fence}`;
        finder.violation(says, { row, change });
      }
    }
  },
};
