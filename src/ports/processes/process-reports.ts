// What each process of an installation says of itself every couple of seconds: that it is there, which
// roles it plays, and what only it knows (its streams, its pool, the lines it leads, what its reconciler
// found). The desk and /health put the installation together from these rows, whichever box office
// answers. Soft: a report is a hint about a process, never about a seat or a place; losing all of them
// costs the desk two seconds.

import type { PaceReason } from "../../domain/waiting-room/pacing.ts";
import type { OnSaleId } from "../../foundation/ids.ts";
import type { HealthView } from "../../wire/desk-contract.ts";
import type { QueueCounts } from "../queue-store.ts";
import type { SeatCounts } from "../seat-store.ts";

export type Role = "gateway" | "box-office" | "worker";

/** The last tick of a line, as its leader measured it. */
export type PacedTick = {
  at: number;
  serving: number;
  counts: QueueCounts;
  seats: SeatCounts;
  pace: { take: number; reason: PaceReason };
  turns: number;
};

/** A replica of the database as one process sees it. `replica` is its host and port. */
export type ReplicaMeasure = {
  replica: string;
  inService: boolean;
  /** Why it is, or is not: a stable word. */
  reason: string;
  lagMs: number;
};

export type ProcessMeasures = {
  pool: { inUse: number; max: number; waiting: number };
  /** Callers that wait for a commit that they share, by what is committed. */
  commitsWaiting?: Record<string, number>;
  /** Where it reads from replicas. */
  replicas?: ReplicaMeasure[];
  /** Live streams of waiting fans, where it is a gateway. */
  streams?: number;
  /** How slow it answers shoppers, where it is a box office and was asked often enough to say. */
  shopP99Ms?: number | undefined;
  /** By on-sale, of the lines that it leads. */
  ticks?: Record<OnSaleId, PacedTick>;
  /** What its reconciler last found, where it is the worker that compares the books. */
  books?: HealthView["reconciler"];
};

export type ProcessReport = {
  /** Made when the process starts; a process that is started again is another one. */
  instance: string;
  roles: Role[];
  host: string;
  pid: number;
  startedAt: number;
  measures: ProcessMeasures;
};

/** `silentMs` is by the database's own clock, so that no two clocks are compared. */
export type HeardReport = ProcessReport & { silentMs: number };

export type ProcessReports = {
  /** Replaces the one before. */
  write(report: ProcessReport): Promise<void>;
  /** A process that stops says so; nobody has to wait for its silence. */
  end(instance: string): Promise<void>;
  /** Whoever was heard within the last ten minutes, longest running first. */
  heard(): Promise<HeardReport[]>;
};
