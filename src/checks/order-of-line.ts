// First come, first served: Q3. Three questions, each asked of what the clients saw.
//   joins        one that was answered before another was sent stands before it (after the opening)
//   the draw     the seed is the one that was promised, and every position is its permutation,
//                recomputed with the browsers' own code (wire/draw-check.ts)
//   admissions   nobody who had checked in at the front was passed by somebody farther back

import type { EntryId } from "../foundation/ids.ts";
import type { OnSaleRow } from "../ports/reads/evidence.ts";
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
    nobodyPassed(file, finder);
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

/** The clients' clock and the server's are two, on one machine or kept together. */
const clockSlackMs = 50;

/**
 * A is passed over by B when A, in front of B, was told "not yet, you are checked in", a later tick still
 * left B waiting, then B was admitted, and then A was again told "not yet", so soon that no turn can
 * have been offered to A and lapsed in between.
 */
function nobodyPassed({ clients = [], onSales }: CaseFile, finder: Finder): void {
  const windowMs = Math.min(...onSales.map(({ settings }) => settings.claimWindowMs));
  const fans = [...groupBy(clients, ({ entryId }) => entryId).values()].map(summary);
  const admitted = fans.flatMap(({ entryId, position, waitingAsOf, admittedAt }) =>
    position === undefined || waitingAsOf === undefined || admittedAt === undefined
      ? []
      : [{ entryId, position, waitingAsOf, admittedAt }],
  );
  for (const { entryId, position, waits } of fans) {
    if (position === undefined) continue;
    for (const [n, second] of waits.entries()) {
      const first = waits[n - 1];
      if (first === undefined || second.sentAt - first.sentAt >= windowMs) continue;
      finder.saw();
      const by = admitted.find(
        (other) =>
          other.position > position &&
          other.waitingAsOf > first.answeredAt + clockSlackMs &&
          other.admittedAt + clockSlackMs < second.sentAt,
      );
      if (by === undefined) continue;
      finder.violation(`position ${by.position} was admitted before ${position}`, {
        passed: { entryId, position, first, second },
        by,
      });
      break;
    }
  }
}

type Wait = Pick<ClientRecord, "sentAt" | "answeredAt">;

/** `waitingAsOf`: the last tick at which this fan was still behind the serving position. */
function summary(records: ClientRecord[]) {
  const found: {
    entryId?: EntryId;
    position?: number;
    waitingAsOf?: number;
    admittedAt?: number;
    waits: Wait[];
  } = { waits: [] };
  for (const record of records) {
    found.entryId = record.entryId;
    if (record.kind === "status" && record.position !== undefined) {
      found.position = record.position;
      if (record.serving <= record.position) found.waitingAsOf = record.asOf;
    }
    if (record.kind !== "claim") continue;
    const { sentAt, answeredAt } = record;
    if (record.answer === "admitted") found.admittedAt ??= answeredAt;
    if (record.answer === "wait" && found.admittedAt === undefined)
      found.waits.push({ sentAt, answeredAt });
  }
  return found;
}
