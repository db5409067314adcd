// The operator's desk: its routes, its live numbers and the health that both it and `/health` show.
// Everything it needs is handed in; it constructs no store. `stop` ends its streams told.
// Read next: on-sales.ts, actions.ts, live/live.ts, ../health.ts.

import { constrainedMemory } from "node:process";
import { totalmem } from "node:os";
import type { Bounds } from "../../foundation/bounds.ts";
import type { Clock } from "../../foundation/clock.ts";
import { parseId } from "../../foundation/ids.ts";
import type { Log } from "../../foundation/log.ts";
import type { Handler, Mounted } from "../../http/mount.ts";
import { json, Refusal } from "../../http/respond.ts";
import { asOfOwnWrites } from "../../http/seen-position.ts";
import type { Catalog, OnSale, Operators } from "../../ports/catalog.ts";
import type { Once } from "../../ports/requests/once.ts";
import type { SealingKeys } from "../../foundation/sealed-bytes.ts";
import type { CodeBatches, OriginKeys } from "../../ports/keys.ts";
import type { DoorStore } from "../../ports/tickets/door-store.ts";
import type { DeskReads } from "../../ports/reads/desk-reads.ts";
import type { HotStore } from "../../ports/hot-store.ts";
import type { OrderStore } from "../../ports/order-store.ts";
import type { Epochs } from "../../stores/epochs.ts";
import type { DeskOrders } from "../../ports/reads/desk-orders.ts";
import type { PaymentGateway } from "../../ports/payment-gateway.ts";
import type { Cancellations } from "../../ports/tickets/cancellations.ts";
import type { RefundStore } from "../../ports/tickets/refund-store.ts";
import type { Purchase } from "../../purchase/purchase.ts";
import type { Refunds } from "../../purchase/refunding/refunds.ts";
import type { AuditEntry } from "../../wire/desk-contract.ts";
import { deskDoorRoutes } from "../door/desk-door.ts";
import { openSales } from "../sales.ts";
import { openHealth } from "../health.ts";
import { openDeskLive } from "./live/live.ts";
import { onSaleRoutes } from "./on-sales.ts";
import { cancellingRoutes } from "./orders/cancelling.ts";
import { deskOrderRoutes } from "./orders/desk-orders.ts";
import { originKeyRoutes } from "./origin-keys.ts";
import { presaleCodeRoutes } from "./presale-codes.ts";
import { planRoutes } from "./plans/plans.ts";
import type { Processes } from "./processes.ts";
import { type OperatorGuard, openOperatorGuard } from "./sign-in/operator-guard.ts";
import { signInRoutes } from "./sign-in/sign-in.ts";

export type DeskDeps = {
  catalog: Catalog;
  operators: Operators;
  originKeys: OriginKeys;
  once: Once;
  codeBatches: CodeBatches;
  queueKeys: () => SealingKeys;
  reads: DeskReads;
  door: DoorStore;
  deskOrders: DeskOrders;
  orders: Pick<OrderStore, "backlog">;
  refundStore: RefundStore;
  cancellations: Cancellations;
  refunds: Refunds;
  purchase: Purchase;
  gateway: PaymentGateway;
  hot: HotStore;
  epochs: Epochs;
  processes: Processes;
  openOnSale: (onSale: OnSale) => Promise<OnSale>;
  clock: Clock;
  secureCookies: boolean;
  log: Log;
};

export type Desk = { routes: Mounted; bounds: Bounds; stop(): Promise<void> };

export function openDesk(deps: DeskDeps): Desk {
  const { catalog, operators, clock, secureCookies, hot } = deps;
  const guard = openOperatorGuard(operators, secureCookies);
  const memory = () => memoryOf(hot);
  const backlog = ({ performanceId }: OnSale) => deps.orders.backlog(performanceId);
  const live = openDeskLive({ ...deps, memory, backlog });
  const health = openHealth({ ...deps, memory, sample: live.numbers.sample });

  const watch: Handler = guard.reads(async (call) => {
    const onSaleId = parseId("on-sale", call.params.onSaleId);
    const onSale = onSaleId && (await catalog.onSale(onSaleId));
    if (!onSale) throw new Refusal("not-found");
    call.longLived();
    const token = guard.token(call.request) ?? "";
    return live.open(onSale, {
      stillSignedIn: async () => (await operators.bySession(token)) !== undefined,
    });
  });

  return {
    routes: {
      ...signInRoutes({ operators, guard, clock, secureCookies }),
      ...planRoutes({ catalog, operators, guard }),
      ...onSaleRoutes({ ...deps, guard, live }),
      ...originKeyRoutes({ ...deps, guard }),
      ...presaleCodeRoutes({ ...deps, guard }),
      ...deskOrderRoutes({ ...deps, guard }),
      ...cancellingRoutes({ ...deps, guard }),
      ...readingRoutes(deps, guard),
      ...deskDoorRoutes({ ...deps, guard, sales: openSales(catalog) }),
      deskOnSaleLive: { GET: watch },
      deskHealth: { GET: guard.reads(async () => json(await health.view())) },
      health: { GET: health.handler },
    },
    bounds: live.bounds,
    stop: live.stop,
  };
}

function readingRoutes({ reads, operators, deskOrders }: DeskDeps, guard: OperatorGuard): Mounted {
  return {
    deskStuckOrders: {
      GET: guard.reads(async ({ request }) => {
        const freshness = asOfOwnWrites(request);
        const [orders, refunds, late] = await Promise.all([
          reads.stuckOrders(200, freshness),
          deskOrders.stuckRefunds(200, freshness),
          deskOrders.latePayments(50, freshness),
        ]);
        return json({ orders, refunds, late });
      }),
    },
    deskAudit: {
      GET: guard.reads(async ({ request }) => {
        const asked = new URL(request.url).searchParams.get("before");
        const before = asked !== null && /^\d{1,15}$/.test(asked) ? Number(asked) : undefined;
        const freshness = asOfOwnWrites(request);
        const [rows, people] = await Promise.all([
          operators.auditTrail(100, before, freshness),
          reads.operators(freshness),
        ]);
        const names = new Map(people.map(({ operatorId, name }) => [operatorId, name]));
        const entries: AuditEntry[] = rows.map(({ operatorId, ...row }) => ({
          ...row,
          operator: operatorId && (names.get(operatorId) ?? operatorId),
        }));
        return json({ entries });
      }),
    },
  };
}

/** In process the bound is this machine's, or the container's where one is set. */
async function memoryOf(hot: HotStore) {
  const { usedBytes, limitBytes } = await hot.memory();
  if (limitBytes !== undefined) return { usedBytes, limitBytes };
  if (hot.kind !== "memory") return undefined;
  const contained = constrainedMemory();
  const machine = totalmem();
  return { usedBytes, limitBytes: contained > 0 && contained < machine ? contained : machine };
}
