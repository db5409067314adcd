// What goes between the desk's pages and the box office: shapes only. Amounts are minor units,
// instants ms since 1970. Everything here is personal to the installation: never cached.
// Every change names the version it was made against; another version answers `conflict`.

import type { HealthPoint } from "../domain/health.ts";
import type { ImportNote, PartedBy, SourceFormat } from "../domain/seating/import/outcome.ts";
import type { PlanSummary } from "../domain/seating/plan-summary.ts";
import type { Outlook } from "../domain/waiting-room/outlook.ts";
import type { PaceReason } from "../domain/waiting-room/pacing.ts";
import type { OnSaleId, OperatorId, OrderId, PerformanceId } from "../foundation/ids.ts";
import type { Money, OrderState, Phase, Words } from "./contract.ts";

export type { HealthPoint, Outlook, PlanSummary };

export type DeskMe = {
  operatorId: OperatorId;
  name: string;
  email: string;
  role: "viewer" | "operator" | "owner";
  now: number;
};
export type SignInBody = { email: string; password: string };

// ── plans and performances ─────────────────────────────────────────────────────────────────────

export type DeskPlanRow = { hash: string; name: Words; seatCount: number; createdAt: number };
export type DeskPlan = PlanSummary & { hash: string };
export type PlanImported = {
  plan: DeskPlan;
  format: SourceFormat | "demo";
  parted: PartedBy;
  /** At most 200 of each; `more` counts the rest. */
  notes: ImportNote[];
  more: number;
};
export type DeskPerformance = {
  performanceId: PerformanceId;
  name: Words;
  venue: Words;
  planHash: string;
  seatCount: number;
  startsAt: number;
  timeZone: string;
};

// ── keys of shops of one's own ───────────────────────────────────────────────────────────────────

export type DeskOriginKey = {
  keyId: string;
  name: string;
  createdAt: number;
  revokedAt: number | undefined;
};
/** The key itself is told this once. */
export type OriginKeyMade = DeskOriginKey & { key: string };

// ── presale codes ────────────────────────────────────────────────────────────────────────────────

export type NewCodeBatch = { name: string; codes: number; placesPerCode: number };
export type DeskCodeBatch = NewCodeBatch & { batch: number; madeAt: number };

// ── on-sales ───────────────────────────────────────────────────────────────────────────────────

/** A code from a batch of the desk; or a shop's signed word for the fan's account. */
export type JoinProof = "presale-code" | "shop-identity";

/** Spans in ms. */
export type OnSaleSettings = {
  ratePerSec: number;
  maxCapacity: number;
  claimWindowMs: number;
  admissionTokenMs: number;
  /** How long a shopper may shop without a hold. */
  shopMs: number;
  holdMs: number;
  maxHoldMs: number;
  seatsPerHold: number;
  seatsPerFan: number;
  /** Work asked of a browser before it gets a number, in bits (join-challenge.ts); 0: none. */
  joinWork: number;
  /** What a fan must show to stand in line; left out: nothing, everybody may. */
  joinProof?: JoinProof | undefined;
  accent: string;
  showSeatsLeft: boolean;
  /** Address of a shop of one's own that the connector guards; left out: the box office is the shop. */
  shopUrl?: string | undefined;
  /** Whether a ticket may be given to another person; absent in on-sales of before: it may. */
  ticketTransfers?: boolean | undefined;
  /** Until how long before the performance a fan may give tickets back; left out: not at all. */
  fanCancelBeforeMs?: number | undefined;
  /** Kept of each ticket that a fan gives back, in minor units; left out: nothing. */
  fanCancelFee?: number | undefined;
};
export type NewPerformance = Omit<DeskPerformance, "performanceId" | "seatCount">;
export type NewOnSale = {
  performance: { performanceId: PerformanceId } | NewPerformance;
  preQueueAt: number;
  opensAt: number;
  closesAt: number;
  currency: string;
  prices: Record<string, number>;
  settings: OnSaleSettings;
};

export type DeskSale = {
  onSaleId: OnSaleId;
  performance: DeskPerformance;
  phase: Phase;
  paused: boolean;
  preQueueAt: number;
  opensAt: number;
  closesAt: number;
  currency: string;
  prices: Record<string, number>;
  settings: OnSaleSettings;
  commitment: string;
  cohort: number | undefined;
  version: number;
};
/** `live` is undefined while the hot store cannot be read (it is being rebuilt, or away). */
export type DeskSaleRow = { sale: DeskSale; live: DeskSample | undefined };
export type DeskSaleList = { rows: DeskSaleRow[]; now: number };

export type SaleAction =
  | { kind: "open" | "pause" | "resume" | "close"; version: number }
  | { kind: "pace"; version: number; ratePerSec: number; maxCapacity: number };
export type ActionKind = SaleAction["kind"];

/** What an action would do, before it is applied. */
export type ActionPreview = {
  kind: ActionKind;
  /** The state it was reckoned from. */
  version: number;
  waiting: number;
  active: number;
  holds: number;
  seatsLeft: number;
  before: Outlook;
  /** undefined where nobody is admitted afterwards. */
  after: Outlook | undefined;
};

// ── live numbers ───────────────────────────────────────────────────────────────────────────────

/** One second of one on-sale. */
export type DeskSample = {
  at: number;
  phase: Phase;
  paused: boolean;
  version: number;
  line: { joined: number; waiting: number; returned: number; turns: number; shoppers: number };
  serving: number | undefined;
  seats: {
    free: number;
    held: number;
    paying: number;
    sold: number;
    withheld: number;
    holds: number;
    holdsNearDeadline: number;
  };
  /** The last tick of the pacer; undefined where nobody who leads the line was heard. */
  pace: { take: number; reason: PaceReason } | undefined;
  /** Mean over the last seconds; undefined while there are too few. */
  admittedPerSec: number | undefined;
  ratePerSec: number;
  maxCapacity: number;
  orders: Partial<Record<OrderState, number>>;
  /** Live streams of waiting fans, in all processes. */
  streams: number;
  health: HealthPoint[];
};

/** Columns of equal length, oldest first: what the curves are drawn from. */
export type DeskHistory = {
  at: number[];
  admittedPerSec: (number | null)[];
  waiting: number[];
  free: number[];
  held: number[];
  sold: number[];
  active: number[];
  ratePerSec: number[];
  maxCapacity: number[];
};

/** SSE: event names and payloads. */
export type DeskEvents = {
  history: DeskHistory;
  live: DeskSample;
  /** Somebody changed the on-sale: the page reads it again. */
  changed: { version: number };
  "signed-out": Record<string, never>;
  reconnect: { afterMs: number };
};

// ── health, stuck orders, audit ────────────────────────────────────────────────────────────────

export type ReconcilerFinding = {
  orderId: OrderId;
  attempt: number;
  /** A stable code, for people who read the runbook. */
  kind: string;
  detail: string;
};
export type HealthView = {
  status: "ok" | "degraded" | "unable";
  at: number;
  points: HealthPoint[];
  /** Whether the stores answered, and in how many ms. */
  database: { answers: boolean; tookMs: number };
  hotStore: { answers: boolean; tookMs: number; kind: "memory" | "redis" };
  /** Replicas of the database, each as the process sees it that sees it worst. */
  replicas: ReplicaView[];
  stuckOrders: number | undefined;
  reconciler: { lookedAt: number | undefined; findings: ReconcilerFinding[] };
  onSales: { open: number; paused: number; preQueue: number };
  /** Every process of the installation, longest running first. */
  processes: ProcessView[];
};
export type ReplicaView = {
  /** Host and port. */
  replica: string;
  /** Reads go there. */
  inService: boolean;
  /** `caught-up`, `lagging`, `away`, `not-a-replica`, `not-looked-at`. */
  reason: string;
  lagMs: number;
};
export type ProcessView = {
  instance: string;
  roles: ("gateway" | "box-office" | "worker")[];
  host: string;
  pid: number;
  startedAt: number;
  /** Since it was last heard. */
  silentMs: number;
  /** Not heard for so long that it counts for nothing. */
  gone: boolean;
  /** Lines that it paces. */
  leads: number;
};

export type StuckOrder = {
  orderId: OrderId;
  onSaleId: OnSaleId;
  performance: Words;
  buyerName: string;
  buyerEmail: string;
  amount: Money;
  seats: string[];
  reason: string | undefined;
  attempt: number;
  payment:
    | { provider: string; state: string; providerRef: string | undefined; refunded: number }
    | undefined;
  createdAt: number;
  updatedAt: number;
  /** What it went through, oldest first, the last 20. */
  history: { at: number; state: OrderState; reason: string | undefined }[];
};

export type AuditEntry = {
  at: number;
  operator: string | undefined;
  action: string;
  subject: string;
  detail: unknown;
};
