// Admissions as they are made, in groups: one row per entry, whoever asks first (Q6), and of an identity
// never more rows than it has places (Q12). Both by unique keys, so that no process has to be believed.
// Read next: line-statements.ts.

import { assert } from "../../../foundation/assert.ts";
import { Fault } from "../../../foundation/fault.ts";
import type { OnSaleId } from "../../../foundation/ids.ts";
import type { Admission, LineRecords, NewAdmission } from "../../../ports/line-records.ts";
import type { Database } from "../database.ts";
import { groupCommit } from "../group-commit.ts";
import { type AdmissionRow, lineStatements as sql } from "./line-statements.ts";

type Admitted = Awaited<ReturnType<LineRecords["admit"]>>;

/** Each round somebody else took the place that was asked for: of so many one gets through. */
const maxRounds = 20;

export function openAdmitting(database: Database): LineRecords["admit"] {
  const keysOf = ({ onSaleId, entryId }: NewAdmission) => [`${onSaleId} ${entryId}`];
  const anonymous = groupCommit<NewAdmission, Admitted>({
    name: "admissions",
    keysOf,
    gauges: database.groups,
    commit: (batch) => admitAnonymous(database, batch),
  });
  const identified = groupCommit<NewAdmission, Admitted>({
    name: "identified-admissions",
    keysOf,
    gauges: database.groups,
    commit: (batch) => admitIdentified(database, batch),
  });
  return (wanted) => (wanted.identity === undefined ? anonymous(wanted) : identified(wanted));
}

async function admitAnonymous(
  database: Database,
  batch: readonly NewAdmission[],
): Promise<Admitted[]> {
  const rows = await database.rows<AdmissionRow>(sql.admit, columnsOf(batch));
  const byEntry = new Map(rows.map((row) => [`${row.onSaleId} ${row.entryId}`, row]));
  return batch.map(({ onSaleId, entryId }) => {
    const row = byEntry.get(`${onSaleId} ${entryId}`);
    if (row === undefined) throw unknownOnSale(onSaleId);
    return { kind: "admitted", admission: toAdmission(row) };
  });
}

async function admitIdentified(
  database: Database,
  batch: readonly NewAdmission[],
): Promise<Admitted[]> {
  const places = batch.map(({ identity }) => identity?.places);
  const keys = batch.map(({ identity }) => identity?.key);
  const [, onSales, entries] = columnsOf(batch);
  for (let round = 0; round < maxRounds; round++) {
    await database.rows(sql.admitIdentified, [...columnsOf(batch), keys, places]);
    type Found = AdmissionRow & { used: number };
    const found = await database.rows<Found>(sql.identified, [onSales, entries, keys]);
    const replies = found.map((row, at): Admitted | undefined => {
      if (row.admissionId !== null) return { kind: "admitted", admission: toAdmission(row) };
      return row.used >= (places[at] ?? 0) ? { kind: "identity-spent" } : undefined;
    });
    assert(replies.length === batch.length, "an answer for each admission");
    const settled = replies.filter((reply) => reply !== undefined);
    if (settled.length === batch.length) return settled;
  }
  throw new Fault("admissions-contended", "others took the same identity's places meanwhile", {
    retryable: true,
  });
}

function columnsOf(batch: readonly NewAdmission[]): unknown[][] {
  return [
    batch.map(({ admissionId }) => admissionId),
    batch.map(({ onSaleId }) => onSaleId),
    batch.map(({ entryId }) => entryId),
    batch.map(({ index }) => index),
    batch.map(({ position }) => position),
    batch.map(({ claimedAt }) => claimedAt),
    batch.map(({ deadline }) => deadline),
  ];
}

export function toAdmission(row: AdmissionRow): Admission {
  const { identityKey, identityPlaces: places, identityUse: use, ...rest } = row;
  return {
    admissionId: rest.admissionId,
    onSaleId: rest.onSaleId,
    entryId: rest.entryId,
    index: rest.index,
    position: rest.position,
    claimedAt: rest.claimedAt,
    deadline: rest.deadline,
    enteredAt: rest.enteredAt ?? undefined,
    endedAt: rest.endedAt ?? undefined,
    ...(identityKey !== null && { identity: { key: identityKey, places, use } }),
  };
}

export function unknownOnSale(onSaleId: OnSaleId): Fault {
  return new Fault("on-sale-unknown", `there is no on-sale ${onSaleId}`, { detail: { onSaleId } });
}
