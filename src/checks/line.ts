// The line: Q1, Q2, Q4, Q6, Q7. From the admissions that were kept and from what each client saw.

import type { EntryId } from "../foundation/ids.ts";
import type { AdmissionRow, OnSaleRow } from "../ports/reads/evidence.ts";
import { type Check, type Finder, groupBy } from "./check.ts";
import type { ClientRecord } from "./evidence/client-history.ts";

export const placesUnique: Check = {
  id: "Q1",
  sentence: "Positions are unique, and no index was handed out above the durable mark.",
  needs: [],
  find({ admissions, clients = [], onSales }, finder) {
    for (const sale of onSales) {
      const ours = admissions.filter(({ onSaleId }) => onSaleId === sale.onSaleId);
      finder.saw(ours.length);
      for (const of of ["index", "position"] as const)
        for (const [number, rows] of groupBy(ours, (row) => row[of]))
          if (rows.length > 1)
            finder.violation(`${of} ${number} was admitted ${rows.length} times`, { rows });
      for (const row of ours)
        if (row.index >= sale.highWaterMark)
          finder.violation(`index ${row.index} is not below the mark`, { row });
    }
    const owner = new Map<number, EntryId>();
    for (const record of clients) {
      if (record.kind !== "join") continue;
      finder.saw();
      const other = owner.get(record.index);
      if (other !== undefined && other !== record.entryId)
        finder.violation(`index ${record.index} was given to ${other} and ${record.entryId}`, {
          record,
        });
      owner.set(record.index, record.entryId);
    }
  },
};

export const placeKept: Check = {
  id: "Q2",
  sentence: "A place never changes, and 'ahead of you' never grows.",
  needs: ["clients"],
  find({ clients = [] }, finder) {
    for (const records of groupBy(clients, ({ entryId }) => entryId).values()) {
      let seen: { index?: number; position?: number; ahead?: number } = {};
      for (const record of records) {
        if (record.kind !== "join" && record.kind !== "status") continue;
        finder.saw();
        const now: typeof seen = record.kind === "join" ? { index: record.index } : pick(record);
        for (const [what, value] of Object.entries(now)) {
          const before = seen[what as keyof typeof seen];
          const grew = what === "ahead" ? value > (before ?? value) : value !== (before ?? value);
          if (grew) finder.violation(`${what} went from ${before} to ${value}`, { record });
        }
        seen = { ...seen, ...now };
      }
    }
  },
};

function pick({ position, ahead }: ClientRecord & { kind: "status" }) {
  return {
    ...(position === undefined ? {} : { position }),
    ...(ahead === undefined ? {} : { ahead }),
  };
}

export const capacityKept: Check = {
  id: "Q4",
  sentence: "Never more shoppers at once than the capacity.",
  needs: [],
  find({ admissions, onSales }, finder) {
    for (const sale of onSales)
      crowdOf(
        sale,
        admissions.filter(({ onSaleId }) => onSaleId === sale.onSaleId),
        finder,
      );
  },
};

function crowdOf({ settings }: OnSaleRow, admissions: AdmissionRow[], finder: Finder): void {
  const changes = admissions.flatMap(({ claimedAt, endedAt, deadline }) => [
    { at: claimedAt, by: 1 },
    { at: Math.max(claimedAt, Math.min(endedAt ?? deadline, deadline)), by: -1 },
  ]);
  // Who leaves at the very moment another enters leaves first.
  changes.sort((a, b) => a.at - b.at || a.by - b.by);
  let inside = 0;
  for (const { at, by } of changes) {
    finder.saw();
    inside += by;
    if (inside > settings.maxCapacity)
      finder.violation(`${inside} shoppers, the capacity is ${settings.maxCapacity}`, { at });
  }
}

export const admittedOnce: Check = {
  id: "Q6",
  sentence: "One admission per entry.",
  needs: [],
  find({ admissions, clients = [] }, finder) {
    finder.saw(admissions.length);
    const byEntry = groupBy(admissions, ({ onSaleId, entryId }) => `${onSaleId} ${entryId}`);
    for (const [name, rows] of byEntry)
      if (rows.length > 1) finder.violation(`${name} was admitted ${rows.length} times`, { rows });
    const told = new Map<EntryId, string>();
    const kept = new Map(admissions.map((row) => [row.entryId, row.admissionId]));
    for (const record of clients) {
      if (record.kind !== "claim" || record.admissionId === undefined) continue;
      finder.saw();
      const before = told.get(record.entryId) ?? kept.get(record.entryId);
      if (before !== record.admissionId)
        finder.violation(`${record.entryId} holds ${record.admissionId}, kept is ${before}`, {
          record,
        });
      told.set(record.entryId, record.admissionId);
    }
  },
};

export const servingRises: Check = {
  id: "Q7",
  sentence: "The serving position never falls, and what is published is durable.",
  needs: ["clients"],
  find({ clients = [], servingSamples = [], onSales }, finder) {
    const final = Math.max(0, ...onSales.map(({ serving }) => serving));
    const seen = new Map<EntryId, number>();
    for (const record of clients) {
      if (record.kind !== "status") continue;
      finder.saw();
      const before = seen.get(record.entryId) ?? 0;
      if (record.serving < before)
        finder.violation(`serving fell from ${before} to ${record.serving}`, { record });
      if (record.serving > final)
        finder.violation(`serving ${record.serving} was published, ${final} is kept`, { record });
      seen.set(record.entryId, record.serving);
    }
    for (const sample of servingSamples) {
      finder.saw();
      if (sample.published > sample.durable)
        finder.violation(`${sample.published} was published before it was kept`, { sample });
    }
  },
};
