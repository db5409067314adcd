// What is on sale: venue plans, performances, on-sales with their settings, operators and the audit.
// Read often and changed rarely; readers keep it for a few seconds. A read says how fresh it must be;
// without a word it is `now` (reads/freshness.ts).

import type { Phase } from "../domain/waiting-room/frontier.ts";
import type { VenuePlan } from "../domain/seating/venue-plan.ts";
import type { Bounds } from "../foundation/bounds.ts";
import type { OnSaleId, OperatorId, PerformanceId } from "../foundation/ids.ts";
import type { Money, Words } from "../wire/contract.ts";
import type { OnSaleSettings } from "../wire/desk-contract.ts";
import type { Freshness } from "./reads/freshness.ts";

export type { OnSaleSettings };

export type Performance = {
  performanceId: PerformanceId;
  name: Words;
  venue: Words;
  planHash: string;
  seatCount: number;
  startsAt: number;
  timeZone: string;
  /** Epoch of the seats in the hot store. */
  epoch: number;
};

export type OnSale = {
  onSaleId: OnSaleId;
  performanceId: PerformanceId;
  preQueueAt: number;
  opensAt: number;
  closesAt: number;
  phase: Phase;
  paused: boolean;
  commitment: string;
  /** undefined before the opening: nobody reads it early, the operator neither. */
  seed: string | undefined;
  /** Fixed at the opening, together with revealing the seed. */
  cohort: number | undefined;
  currency: string;
  prices: Record<string, number>;
  settings: OnSaleSettings;
  version: number;
};

export type Operator = {
  operatorId: OperatorId;
  email: string;
  name: string;
  role: "viewer" | "operator" | "owner";
};
export type AuditRow = {
  at: number;
  operatorId: OperatorId | undefined;
  action: string;
  subject: string;
  detail: unknown;
};

export type Catalog = {
  savePlan(plan: VenuePlan): Promise<{ hash: string; seatCount: number }>;
  plan(hash: string, freshness?: Freshness): Promise<VenuePlan | undefined>;
  plans(
    freshness?: Freshness,
  ): Promise<{ hash: string; name: Words; seatCount: number; createdAt: number }[]>;
  createPerformance(performance: Omit<Performance, "epoch" | "seatCount">): Promise<Performance>;
  performance(id: PerformanceId, freshness?: Freshness): Promise<Performance | undefined>;
  performances(freshness?: Freshness): Promise<Performance[]>;
  nextSeatEpoch(id: PerformanceId): Promise<number>;
  /** Makes the seed too, and keeps it to itself until the opening. */
  createOnSale(
    onSale: Omit<OnSale, "phase" | "paused" | "commitment" | "seed" | "cohort" | "version">,
  ): Promise<OnSale>;
  onSale(id: OnSaleId, freshness?: Freshness): Promise<OnSale | undefined>;
  onSales(freshness?: Freshness): Promise<OnSale[]>;
  /**
   * Moves the phase along the table of on-sale.ts; another phase than expected, or a newer leader than
   * the one whose fence is shown: `conflict`.
   */
  setPhase(
    id: OnSaleId,
    from: Phase,
    to: Phase,
    leaderFence?: number,
  ): Promise<{ kind: "moved"; onSale: OnSale } | { kind: "conflict"; onSale: OnSale }>;
  update(
    id: OnSaleId,
    version: number,
    change: Partial<Pick<OnSale, "paused" | "opensAt" | "preQueueAt" | "closesAt" | "settings">>,
  ): Promise<{ kind: "updated"; onSale: OnSale } | { kind: "conflict"; onSale: OnSale }>;
};

/** Failed sign-ins, counted for all processes together. */
export type SignInFailures = {
  /**
   * Begins an attempt under all of the keys. `waitOf` is asked for each what its failures mean; 0 for
   * all: the attempt is counted as a failure and may go. Answers the longest wait, in ms.
   */
  begin(
    keys: readonly string[],
    now: number,
    waitOf: (key: string, failures: { count: number; lastAt: number }) => number,
  ): Promise<number>;
  forget(keys: readonly string[]): Promise<void>;
};

export type Operators = {
  readonly failures: SignInFailures;
  /** Passwords that wait to be checked, and how many may (Y2). */
  bounds: Bounds;
  count(): Promise<number>;
  create(operator: Omit<Operator, "operatorId"> & { password: string }): Promise<Operator>;
  /** undefined: wrong e-mail or password (the same answer, in the same time). */
  signIn(
    email: string,
    password: string,
  ): Promise<{ operator: Operator; token: string; expiresAt: number } | undefined>;
  bySession(token: string): Promise<Operator | undefined>;
  signOut(token: string): Promise<void>;
  /** A new password, and every session of the old one ends. False: nobody has this e-mail. */
  setPassword(email: string, password: string): Promise<boolean>;
  audit(row: Omit<AuditRow, "at">): Promise<void>;
  auditTrail(limit: number, before?: number, freshness?: Freshness): Promise<AuditRow[]>;
};

export type PriceOf = (category: string) => Money;
