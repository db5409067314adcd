// First come, first served: Q3. Three questions, each asked of what the clients saw.
//   joins        one that was answered before another was sent stands before it (after the opening)
//   the draw     the seed is the one that was promised, and every position is its permutation,
//                recomputed with the browsers' own code (wire/draw-check.ts)
//   admissions   nobody who had checked in at the front was passed by somebody farther back

import type { EntryId } from "../foundation/ids.ts";
import type { OnSaleRow } from "../ports/evidence.ts";
import { openDrawCheck } from "../wire/draw-check.ts";
import type { CaseFile } from "./evidence/case-file.ts";
import { type Check, type Finder, groupBy } from "./check.ts";
import type { ClientRecord } from "./evidence/client-history.ts";

type Of<Kind extends ClientRecord["kind"]> = Extract<ClientRecord, { kind: Kind }>;

export const firstCome: Check = {
  id: "Q3",
  sentence: "First come, first served: joins in order, the draw as published, nobody passed over.",
  needs: ["clients"],
  async find(file, finder) {
    for (const sale of file.onSales) {
      joinsInOrder(sale, file.clients ?? [], finder);
      await drawnAsPublished(sale, file, finder);
    }
    nobodyPassed(file.clients ?? [], finder);
  },
};

function joinsInOrder({ cohort }: OnSaleRow, clients: ClientRecord[], finder: Finder): void {
  const joins = clients.filter(
    (record): record is Of<"join"> =>
      record.kind === "join" && !record.known && cohort !== null && record.index >= cohort,
  );
  const bySent = [...joins].sort((a, b) => a.sentAt - b.sentAt);
  const byAnswered = [...joins].sort((a, b) => a.answeredAt - b.answeredAt);
  let answered = 0;
  let last: Of<"join"> | undefined;
  for (const join of bySent) {
    finder.saw();
    for (let next = byAnswered[answered]; next && next.answeredAt < join.sentAt; ) {
      if (last === undefined || next.index > last.index) last = next;
      next = byAnswered[++answered];
    }
    if (last !== undefined && last.index > join.index)
      finder.violation(`index ${join.index} joined after ${last.index} and stands before it`, {
        earlier: last,
        later: join,
      });
  }
}

async function drawnAsPublished(sale: OnSaleRow, file: CaseFile, finder: Finder): Promise<void> {
  const { seed, cohort, commitment, onSaleId } = sale;
  if (seed === null || cohort === null) return;
  const draw = await openDrawCheck({ seed, cohort, commitment });
  const indexes = new Map<EntryId, number>();
  for (const record of file.clients ?? [])
    if (record.kind === "join" && !indexes.has(record.entryId))
      indexes.set(record.entryId, record.index);
  const places = new Map<string, { index: number; position: number; of: EntryId }>();
  for (const row of file.admissions)
    if (row.onSaleId === onSaleId)
      places.set(`${row.index} ${row.position}`, { ...row, of: row.entryId });
  for (const record of file.clients ?? []) {
    const index = indexes.get(record.entryId);
    if (record.kind !== "status" || record.position === undefined || index === undefined) continue;
    const { position } = record;
    places.set(`${index} ${position}`, { index, position, of: record.entryId });
  }
  for (const { index, position, of } of places.values()) {
    finder.saw();
    const check = await draw.check(index);
    if (check.kind !== "holds") return finder.violation(`the draw is ${check.kind}`, { sale });
    if (check.position !== position)
      finder.violation(`${of} stands at ${position}, the draw says ${check.position}`, { index });
  }
}

/** Past this after the other's admission, the tick that gave both their turns is over for both. */
const tickSlackMs = 2_500;

/**
 * A is passed over by B when A, in front of B, had been told "not yet, you are checked in", then B was
 * still seen waiting, then B was admitted, and then A was again told "not yet".
 */
function nobodyPassed(clients: ClientRecord[], finder: Finder): void {
  const fans = [...groupBy(clients, ({ entryId }) => entryId).values()].map(summary);
  const admitted = fans
    .filter((fan) => fan.admittedAt !== undefined && fan.position !== undefined)
    .sort((a, b) => (a.admittedAt ?? 0) - (b.admittedAt ?? 0));
  for (const fan of fans) {
    const { firstWait, lastWait, position } = fan;
    if (firstWait === undefined || lastWait === undefined || position === undefined) continue;
    finder.saw();
    const passedBy = admitted.find(
      (other) =>
        (other.position ?? 0) > position &&
        (other.lastWaiting ?? 0) > firstWait &&
        (other.admittedAt ?? Infinity) + tickSlackMs < lastWait,
    );
    if (passedBy !== undefined)
      finder.violation(`position ${passedBy.position} was admitted before ${position}`, {
        passed: fan,
        by: passedBy,
      });
  }
}

/** `firstWait`: first "not yet" answer to a claim; `lastWait`: when the last such claim was sent. */
function summary(records: ClientRecord[]) {
  const found: {
    entryId?: EntryId;
    position?: number;
    lastWaiting?: number;
    firstWait?: number;
    lastWait?: number;
    admittedAt?: number;
  } = {};
  for (const record of records) {
    found.entryId = record.entryId;
    if (record.kind === "status") {
      if (record.position !== undefined) found.position = record.position;
      if ((record.ahead ?? 0) > 0) found.lastWaiting = record.sentAt;
    }
    if (record.kind !== "claim") continue;
    if (record.answer === "admitted") found.admittedAt ??= record.answeredAt;
    if (record.answer !== "wait" || found.admittedAt !== undefined) continue;
    found.firstWait ??= record.answeredAt;
    found.lastWait = record.sentAt;
  }
  return found;
}
