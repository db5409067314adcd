// What a fan was promised by a hold: S12, S13, S14. The promise is what the client was told; how it
// was kept is in the history of the seats.

import type { EntryId } from "../foundation/ids.ts";
import type { SeatChange } from "../ports/reads/evidence.ts";
import type { CaseFile } from "./evidence/case-file.ts";
import type { ClientRecord } from "./evidence/client-history.ts";
import { type Check, type Finder, groupBy } from "./check.ts";

export const promisesKept: Check = {
  id: "S12",
  sentence:
    "No hold ends before its promised deadline unless by its owner, the operator or a sale.",
  needs: [],
  find(file, finder) {
    const excuses = excusesIn(file);
    for (const changes of groupBy(file.seatChanges, ({ seat }) => seat).values()) {
      for (const [at, change] of changes.entries()) {
        const before = changes[at - 1];
        if (before?.state !== "held" && before?.state !== "paying") continue;
        finder.saw();
        const wrong = earlyEnd(before, change, excuses);
        if (wrong !== undefined)
          finder.violation(`seat ${change.seat} ${wrong}`, { before, after: change });
      }
    }
    lossesTold(file, finder);
  },
};

type Excuses = {
  /** Whether the owner may have ended this hold itself by then; undefined: nobody was asked. */
  ended: ((owner: EntryId, holdId: string, at: number) => boolean) | undefined;
  refunded: Set<string>;
};

function excusesIn({ clients, orders }: CaseFile): Excuses {
  const refunded = new Set(orders.filter((o) => o.state === "refunded").map((o) => o.orderId));
  if (clients === undefined) return { ended: undefined, refunded };
  const endings = groupBy(clients.filter(isEnding), ({ entryId }) => entryId);
  return {
    refunded,
    ended: (owner, holdId, at) =>
      (endings.get(owner) ?? []).some(
        (record) => record.sentAt <= at + clockSlackMs && namesHold(record, holdId),
      ),
  };
}

/** The client's clock and the database's are two, on one machine or kept together. */
const clockSlackMs = 50;

const isEnding = ({ kind }: ClientRecord) =>
  kind === "release" || kind === "leave" || kind === "cancel" || kind === "unanswered";

function namesHold(record: ClientRecord, holdId: string): boolean {
  return !("holdId" in record) || record.holdId === undefined || record.holdId === holdId;
}

function earlyEnd(before: SeatChange, change: SeatChange, excuses: Excuses): string | undefined {
  const { deadline } = before;
  if (deadline === null) return "was held without a deadline";
  if (change.owner === before.owner) {
    const shortened = change.state !== "sold" && (change.deadline ?? 0) < deadline;
    return shortened ? `had its deadline moved from ${deadline} to ${change.deadline}` : undefined;
  }
  if (deadline <= change.at) return undefined;
  if (change.state !== "free")
    return `went to ${change.owner ?? change.state} before the deadline of ${before.owner}`;
  if (before.orderId !== null && excuses.refunded.has(before.orderId)) return undefined;
  const { owner, holdId } = before;
  if (excuses.ended === undefined || owner === null || holdId === null) return undefined;
  return excuses.ended(owner, holdId, change.at)
    ? undefined
    : `was taken from ${owner} before the deadline, unasked`;
}

/** A client that is told "your hold is over" before the deadline it was promised. */
function lossesTold({ clients, orders }: CaseFile, finder: Finder): void {
  const ended = new Set(
    orders.filter(({ state }) => state !== "draft").map(({ holdId }) => holdId),
  );
  for (const records of groupBy(clients ?? [], ({ entryId }) => entryId).values()) {
    const promised = new Map<string, number>();
    for (const record of records) {
      if (record.kind === "held") promised.set(record.holdId, record.deadline);
      if (isEnding(record) && !("seats" in record)) promised.clear();
      if (record.kind !== "hold-lost") continue;
      finder.saw();
      const deadline = promised.get(record.holdId);
      if (deadline !== undefined && record.answeredAt < deadline && !ended.has(record.holdId))
        finder.violation(`${record.holdId} was said to be over before its deadline`, { record });
    }
  }
}

export const holdsDurable: Check = {
  id: "S13",
  sentence: "Every acknowledged hold has its claim rows, with the deadline that was promised.",
  needs: ["clients"],
  find({ clients, seatChanges }, finder) {
    const latest = new Map<string, number>();
    for (const { owner, holdId, seat, deadline } of seatChanges) {
      const name = `${owner} ${holdId} ${seat}`;
      latest.set(name, Math.max(latest.get(name) ?? 0, deadline ?? 0));
    }
    for (const record of clients ?? []) {
      if (record.kind !== "held") continue;
      for (const seat of record.seats) {
        finder.saw();
        const deadline = latest.get(`${record.entryId} ${record.holdId} ${seat}`);
        if (deadline === undefined)
          finder.violation(`seat ${seat} was promised to ${record.entryId}, no row says so`, {
            record,
          });
        else if (deadline < record.deadline)
          finder.violation(
            `seat ${seat} was promised until ${record.deadline}, kept until ${deadline}`,
            { record },
          );
      }
    }
  },
};

export const limitsHold: Check = {
  id: "S14",
  sentence: "Nobody ever has more seats than the limit, at any prefix of the log.",
  needs: [],
  find({ seatChanges, onSales, admissions }, finder) {
    const limitOf = limits(onSales, admissions);
    const has = new Map<EntryId, Map<number, SeatChange>>();
    const ownerOf = new Map<number, EntryId>();
    for (const change of seatChanges) {
      const previous = ownerOf.get(change.seat);
      if (previous !== undefined) has.get(previous)?.delete(change.seat);
      ownerOf.delete(change.seat);
      const { owner } = change;
      if (owner === null || change.state === "free") continue;
      finder.saw();
      ownerOf.set(change.seat, owner);
      const seats = has.get(owner) ?? new Map<number, SeatChange>();
      has.set(owner, seats);
      seats.set(change.seat, change);
      const count = [...seats.values()].filter((row) => counts(row, change.at)).length;
      if (count > limitOf(owner))
        finder.violation(`${owner} has ${count} seats, the limit is ${limitOf(owner)}`, {
          seats: [...seats.keys()],
          at: change.at,
        });
    }
  },
};

function counts({ state, deadline }: SeatChange, at: number): boolean {
  return state !== "held" || deadline === null || deadline > at;
}

function limits(
  onSales: CaseFile["onSales"],
  admissions: CaseFile["admissions"],
): (owner: EntryId) => number {
  const bySale = new Map(onSales.map((sale) => [sale.onSaleId, sale.settings.seatsPerFan]));
  const saleOf = new Map(admissions.map(({ entryId, onSaleId }) => [entryId, onSaleId]));
  const widest = Math.max(0, ...bySale.values());
  return (owner) => {
    const onSaleId = saleOf.get(owner);
    return (onSaleId === undefined ? undefined : bySale.get(onSaleId)) ?? widest;
  };
}
