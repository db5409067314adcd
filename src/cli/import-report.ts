// What `usher import` says about a plan it made: for people (reportLines) and for programs
// (summaryOf). Both from the plan itself, so that the counts are those of what will be sold.

import type { ImportOutcome } from "../domain/seating/import/outcome.ts";
import { planHash } from "../domain/seating/plan-hash.ts";
import { countSeats } from "../domain/seating/venue-plan.ts";

type Imported = ImportOutcome & { kind: "imported" };

/** More warnings than this are counted instead of listed; --json has them all. */
const listed = 20;

export function summaryOf({ plan, format, parted, notes }: Imported) {
  const standing = plan.standingAreas.map(({ key, capacity }) => ({ key, capacity }));
  return {
    kind: "imported",
    format,
    name: plan.name.en,
    hash: planHash(plan),
    sections: plan.sections.length,
    rows: plan.sections.reduce((sum, section) => sum + section.rows.length, 0),
    seats: countSeats(plan),
    categories: plan.categories.map(({ key, name }) => ({
      key,
      name: name.en,
      seats: seatsIn(plan, key),
    })),
    standingAreas: standing,
    parted,
    warnings: notes
      .filter((note) => note.level === "warning")
      .map(({ place, message }) => ({ place, message })),
    notes: notes
      .filter((note) => note.level === "note")
      .map(({ place, message }) => ({ place, message })),
  };
}

export function reportLines(imported: Imported, out: string | undefined): string[] {
  const summary = summaryOf(imported);
  const count = (number: number) => number.toLocaleString("en");
  const { aisles, pillars, gaps } = summary.parted;
  const standing = summary.standingAreas.reduce((sum, area) => sum + area.capacity, 0);
  const rows: [string, string][] = [
    ["format", summary.format],
    ["sections", count(summary.sections)],
    ["rows", count(summary.rows)],
    ["seats", count(summary.seats)],
    ["standing", `${count(summary.standingAreas.length)} areas, ${count(standing)} places`],
    ["categories", summary.categories.map((c) => `${c.name} ${count(c.seats)}`).join(" · ")],
    [
      "parted",
      `${count(aisles)} by aisles, ${count(pillars)} by pillars, ${count(gaps)} by gaps (side by side in a row, but not neighbours)`,
    ],
    ["hash", summary.hash],
  ];
  const { warnings, notes } = summary;
  return [
    summary.name,
    ...rows.map(([word, value]) => `  ${word.padEnd(10)}  ${value}`),
    ...notes.map(({ place, message }) => `  note: ${place}: ${message}`),
    ...warnings.slice(0, listed).map(({ place, message }) => `  warning: ${place}: ${message}`),
    ...(warnings.length > listed
      ? [`  and ${warnings.length - listed} more warnings (--json)`]
      : []),
    out === undefined ? "  not written: add --out plan.json to keep it" : `  written to ${out}`,
  ];
}

function seatsIn(plan: Imported["plan"], key: string): number {
  let seats = 0;
  for (const section of plan.sections) {
    for (const row of section.rows) {
      for (const seat of row.seats) if ((seat.category ?? section.category) === key) seats++;
    }
  }
  return seats;
}
