// The durable side of the line. Keeps: serving and the mark never fall (Q7, Q1); only the leader with
// the newest fence moves serving; cohort and seed are fixed together, once; one admission per entry,
// by a unique key (Q6), entered with one nonce. Every method may be repeated when its answer was lost.
// Admissions, their extensions and their ends are committed in groups: a tick admits hundreds at once,
// every hold that is granted extends one, and every order that is bought ends one.

import { Fault } from "../../../foundation/fault.ts";
import type { EntryId, OnSaleId } from "../../../foundation/ids.ts";
import type { LineRecords } from "../../../ports/line-records.ts";
import type { Database, Statement } from "../database.ts";
import { groupCommit } from "../group-commit.ts";
import { openAdmitting, toAdmission, unknownOnSale } from "./admitting.ts";
import { type AdmissionRow, lineStatements as sql } from "./line-statements.ts";

const pageSize = 5_000;

export function openLineRecords(database: Database): LineRecords {
  return { ...line(database), ...admissions(database) };
}

type Line = "checkpoint" | "raiseMark" | "lead" | "resign" | "serve" | "open" | "nextEpoch";

function line(database: Database): Pick<LineRecords, Line> {
  async function one<Row>(asked: Statement, onSaleId: OnSaleId, ...rest: unknown[]): Promise<Row> {
    const [row] = await database.rows<Row>(asked, [onSaleId, ...rest]);
    if (row === undefined) throw unknownOnSale(onSaleId);
    return row;
  }

  return {
    async checkpoint(onSaleId) {
      type Row = {
        epoch: number;
        serving: number;
        highWaterMark: number;
        leaderFence: number;
        admissionEpoch: number;
        cohort: number | null;
      };
      const row = await one<Row>(sql.checkpoint, onSaleId);
      return { ...row, cohort: row.cohort ?? undefined };
    },
    async raiseMark({ onSaleId, epoch }, to) {
      const [row] = await database.rows<{ mark: number }>(sql.raiseMark, [onSaleId, to, epoch]);
      return row ? { kind: "raised", mark: row.mark } : { kind: "stale-epoch" };
    },
    async lead(onSaleId, leader, leaseMs) {
      const [row] = await database.rows<{ fence: number }>(sql.lead, [onSaleId, leader, leaseMs]);
      return row ? { kind: "leading", fence: row.fence } : { kind: "following" };
    },
    async resign(onSaleId, leader) {
      await database.rows(sql.resign, [onSaleId, leader]);
    },
    async serve(onSaleId, serving, fence) {
      const [row] = await database.rows<{ serving: number }>(sql.serve, [onSaleId, serving, fence]);
      return row ? { kind: "served", serving: row.serving } : { kind: "stale-leader" };
    },
    async open(onSaleId, cohort, leaderFence) {
      type Row = { cohort: number | null; seed: string; admissionEpoch: number; phase: string };
      await database.rows(sql.open, [onSaleId, cohort, leaderFence ?? null]);
      const fixed = await one<Row>(sql.opened, onSaleId);
      if (fixed.cohort === null) {
        throw new Fault(
          "on-sale-over",
          `on-sale ${onSaleId} is ${fixed.phase}: it cannot be opened`,
        );
      }
      return { cohort: fixed.cohort, seed: fixed.seed, admissionEpoch: fixed.admissionEpoch };
    },
    async nextEpoch(onSaleId) {
      return (await one<{ epoch: number }>(sql.nextEpoch, onSaleId)).epoch;
    },
  };
}

function admissions(database: Database): Omit<LineRecords, Line> {
  type Extension = { onSaleId: OnSaleId; entryId: EntryId; deadline: number };
  const extend = groupCommit<Extension, void>({
    name: "admission-extensions",
    keysOf: ({ onSaleId, entryId }) => [`${onSaleId} ${entryId}`],
    gauges: database.groups,
    async commit(batch) {
      await database.rows(sql.extend, [
        batch.map(({ onSaleId }) => onSaleId),
        batch.map(({ entryId }) => entryId),
        batch.map(({ deadline }) => deadline),
      ]);
      return batch.map(() => undefined);
    },
  });

  const end = groupCommit<Omit<Extension, "deadline">, void>({
    name: "admission-ends",
    keysOf: ({ onSaleId, entryId }) => [`${onSaleId} ${entryId}`],
    gauges: database.groups,
    async commit(batch) {
      await database.rows(sql.end, [
        batch.map(({ onSaleId }) => onSaleId),
        batch.map(({ entryId }) => entryId),
      ]);
      return batch.map(() => undefined);
    },
  });

  return {
    admit: openAdmitting(database),
    async enter(admissionId, nonceHash, deadline) {
      const [entered] = await database.rows<AdmissionRow>(sql.enter, [
        admissionId,
        nonceHash,
        deadline,
      ]);
      if (entered) return { kind: "entered", admission: toAdmission(entered) };
      const [found] = await database.rows<AdmissionRow>(sql.admission, [admissionId]);
      if (found === undefined) return { kind: "unknown" };
      return { kind: found.endedAt === null ? "replayed" : "ended" };
    },
    async admission(admissionId) {
      const [row] = await database.rows<AdmissionRow>(sql.admission, [admissionId]);
      return row && toAdmission(row);
    },
    extend: (onSaleId, entryId, deadline) => extend({ onSaleId, entryId, deadline }),
    end: (onSaleId, entryId) => end({ onSaleId, entryId }),
    async *admissions(onSaleId) {
      let after = "";
      for (;;) {
        const rows = await database.rows<AdmissionRow>(sql.admissions, [onSaleId, after, pageSize]);
        const last = rows.at(-1);
        if (last === undefined) return;
        yield rows.map(toAdmission);
        after = last.entryId;
      }
    },
  };
}
