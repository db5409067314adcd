// Everything that PostgreSQL keeps, behind one door: migrates, opens a pool to the primary and one to
// each replica, and hands out the stores that the ports describe. Main files and tests come through stores/open.ts.

import type { Bound, Bounds } from "../../foundation/bounds.ts";
import type { Catalog, Operators } from "../../ports/catalog.ts";
import type { DeskOrders } from "../../ports/reads/desk-orders.ts";
import type { DeskReads } from "../../ports/reads/desk-reads.ts";
import type { CodeBatches, Keys, OriginKeys } from "../../ports/keys.ts";
import type { LineRecords } from "../../ports/line-records.ts";
import type { OrderStore } from "../../ports/order-store.ts";
import type { Once } from "../../ports/requests/once.ts";
import type { Outbox } from "../../ports/outbox.ts";
import type { Cancellations } from "../../ports/tickets/cancellations.ts";
import type { RefundStore } from "../../ports/tickets/refund-store.ts";
import type { DutyLeases } from "../../ports/processes/duty-leases.ts";
import type { ProcessReports } from "../../ports/processes/process-reports.ts";
import type { DoorStore } from "../../ports/tickets/door-store.ts";
import type { TicketHolding } from "../../ports/tickets/ticket-holding.ts";
import type { LogPosition } from "../../ports/reads/freshness.ts";
import type { SeatClaims } from "../../ports/seat-claims.ts";
import { type Alone, openAlone } from "./alone.ts";
import { openCatalog } from "./catalog/catalog.ts";
import {
  type DatabaseOptions,
  openDatabase,
  type PoolGauge,
  type ReplicaGauge,
} from "./database.ts";
import { openDeskOrders } from "./desk/desk-orders.ts";
import { openDeskReads } from "./desk/desk-reads.ts";
import type { GroupGauge, GroupGauges } from "./group-commit.ts";
import { openKeys } from "./keys.ts";
import { openCodeBatches } from "./line/code-batches.ts";
import { openLineRecords } from "./line/line-records.ts";
import { openOriginKeys } from "./line/origin-keys.ts";
import { migrate } from "./migrate.ts";
import { openOnce } from "./requests/once.ts";
import { openOperators } from "./operators.ts";
import { openOrderStore } from "./orders/order-store.ts";
import { openOutbox } from "./outbox.ts";
import { openCancellations } from "./refunds/cancellations.ts";
import { openRefundStore } from "./refunds/refund-store.ts";
import { openDoorStore } from "./tickets/door-store.ts";
import { openTicketHolding } from "./tickets/ticket-holding.ts";
import { openDutyLeases } from "./processes/duty-leases.ts";
import { openProcessReports } from "./processes/process-reports.ts";
import { openSeatClaims } from "./seats/seat-claims.ts";

export type PostgresStores = {
  readonly catalog: Catalog;
  readonly operators: Operators;
  readonly deskReads: DeskReads;
  readonly deskOrders: DeskOrders;
  readonly lineRecords: LineRecords;
  readonly seatClaims: SeatClaims;
  readonly orders: OrderStore;
  readonly refunds: RefundStore;
  readonly cancellations: Cancellations;
  readonly ticketHolding: TicketHolding;
  readonly door: DoorStore;
  readonly outbox: Outbox;
  readonly keys: Keys;
  readonly processReports: ProcessReports;
  readonly dutyLeases: DutyLeases;
  readonly originKeys: OriginKeys;
  /** Requests that make something, each done once. */
  readonly once: Once;
  readonly codeBatches: CodeBatches;
  /** Runs the work while no other process runs work under that name. */
  readonly alone: Alone;
  /** Where the log ends now, for a later read `asOf`. undefined: no replica could answer that anyhow. */
  position(): Promise<LogPosition | undefined>;
  /** Whether there are replicas at all; without them nobody has to carry positions about. */
  readonly hasReplicas: boolean;
  pool(): PoolGauge;
  /** What waits for a commit that it shares, by what is committed. */
  groups(): Record<string, GroupGauge>;
  replicas(): ReplicaGauge[];
  /** What waits in this process for the database, and how much may (Y2). */
  bounds: Bounds;
  close(): Promise<void>;
};

export async function openPostgres(
  connectionString: string,
  options: DatabaseOptions = {},
): Promise<PostgresStores> {
  await migrate(connectionString);
  const database = openDatabase(connectionString, options);
  const operators = openOperators(database);
  return {
    catalog: openCatalog(database),
    operators,
    deskReads: openDeskReads(database),
    deskOrders: openDeskOrders(database),
    lineRecords: openLineRecords(database),
    seatClaims: openSeatClaims(database),
    orders: openOrderStore(database),
    refunds: openRefundStore(database),
    cancellations: openCancellations(database),
    ticketHolding: openTicketHolding(database),
    door: openDoorStore(database),
    outbox: openOutbox(database),
    keys: openKeys(database),
    processReports: openProcessReports(database),
    dutyLeases: openDutyLeases(database),
    originKeys: openOriginKeys(database),
    once: openOnce(database),
    codeBatches: openCodeBatches(database),
    alone: openAlone(database),
    position: database.position,
    hasReplicas: (options.replicaUrls ?? []).length > 0,
    pool: database.gauge,
    groups: () => Object.fromEntries([...database.groups].map(([name, gauge]) => [name, gauge()])),
    replicas: database.replicas,
    bounds: () => ({ ...operators.bounds(), ...boundsOf(database.groups) }),
    close: database.close,
  };
}

/** Of what is committed in groups, by the group's name. */
function boundsOf(groups: GroupGauges): Record<string, Bound> {
  return Object.fromEntries(
    [...groups].map(([name, gauge]) => {
      const { waiting, limit } = gauge();
      return [`commit_${name.replaceAll("-", "_")}`, { size: waiting, limit }];
    }),
  );
}
