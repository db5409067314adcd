// The box office as a role: what is on sale, holds, orders and tickets behind the guard, the provider's
// knocks, and the desk, which shows the whole installation from any box office.

import { openBoxOffice } from "../../box-office/box-office.ts";
import { openDesk } from "../../box-office/desk/desk.ts";
import { openProcesses } from "../../box-office/desk/processes.ts";
import { openLineClock } from "../../gateway/pacing/line-clock.ts";
import type { KeyRing } from "../../http/key-ring.ts";
import { openLatency } from "../../foundation/latency.ts";
import { timed } from "../../http/mount.ts";
import { leavePositions } from "../../http/seen-position.ts";
import type { ProcessReport } from "../../ports/processes/process-reports.ts";
import type { Closing } from "../platform/closing.ts";
import { type Paying, payingBounds } from "./paying.ts";
import type { Role, RoleDeps } from "./role.ts";

export type BoxOfficeRoleDeps = RoleDeps &
  Paying & {
    keys: KeyRing;
    /** What this process would report just now. */
    own: () => ProcessReport;
  };

/** What shoppers do and wait for; none of these waits for a payment provider. */
const shopping = ["enter", "availability", "holds", "hold", "extendHold", "orders"] as const;
export function openBoxOfficeRole(deps: BoxOfficeRoleDeps, closing: Closing): Role {
  const { stores, keys, origins, payments, purchase, refunds, clock, log } = deps;
  const { postgres, hot, epochs } = stores;
  const { catalog, lineRecords: records, seatClaims: claims, orders } = postgres;
  const secureCookies = origins.shop.startsWith("https:");
  const common = { hot, catalog, records, epochs, clock, log, secureCookies };
  const boxOffice = openBoxOffice({
    ...common,
    claims,
    orders,
    purchase,
    refundStore: postgres.refunds,
    refunds,
    gateway: payments,
    sessionKeys: () => keys.session,
    queueKeys: () => keys.queue,
    verifier: () => keys.admissionVerifier,
    ticketKeys: () => keys.ticket.publicKeys,
    ticketSigner: () => keys.ticket.signer,
    ticketHolding: postgres.ticketHolding,
    door: postgres.door,
    failures: postgres.operators.failures,
  });
  closing.later("box office", () => boxOffice.stop());
  const desk = openDesk({
    ...common,
    operators: postgres.operators,
    originKeys: postgres.originKeys,
    once: postgres.once,
    codeBatches: postgres.codeBatches,
    queueKeys: () => keys.queue,
    reads: postgres.deskReads,
    deskOrders: postgres.deskOrders,
    cancellations: postgres.cancellations,
    refundStore: postgres.refunds,
    refunds,
    purchase,
    gateway: payments,
    door: postgres.door,
    orders,
    openOnSale: openLineClock(common).open,
    processes: openProcesses({ reports: postgres.processReports, own: deps.own }),
  });
  closing.later("desk", () => desk.stop());
  const latency = openLatency(clock);
  const routes = { ...timed(boxOffice.routes, shopping, latency), ...desk.routes };
  return {
    name: "box-office",
    routes: postgres.hasReplicas
      ? leavePositions(routes, { position: postgres.position, secureCookies, log })
      : routes,
    bounds: () => ({ ...boxOffice.bounds(), ...desk.bounds(), ...payingBounds(deps) }),
    measures: () => ({ shopP99Ms: latency.p99Ms() }),
    async endStreams() {
      await Promise.all([boxOffice.stop(), desk.stop()]);
    },
  };
}
