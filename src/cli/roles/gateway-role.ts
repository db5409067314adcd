// The gateway as a role: whoever waits is served here, and one of all gateways leads each line. It reads
// and writes the line, never an order; of payments it knows how many are under way, as a brake.

import { openGateway } from "../../gateway/gateway.ts";
import type { GatewayLimits } from "../../gateway/limits.ts";
import { startPacer } from "../../gateway/pacing/pacer.ts";
import type { KeyRing } from "../../http/key-ring.ts";
import type { OnSale } from "../../ports/catalog.ts";
import { openKept } from "../../foundation/kept/kept.ts";
import type { HeardReport, ProcessReports } from "../../ports/processes/process-reports.ts";
import type { OrderStore } from "../../ports/order-store.ts";
import type { Closing } from "../platform/closing.ts";
import type { Role, RoleDeps } from "./role.ts";

export type GatewayRole = Role & { pacer: ReturnType<typeof startPacer> };

/** @param shopOrigin what a claim puts before the shop's path; "" where the page's own origin has it. */
export function openGatewayRole(
  deps: RoleDeps & { keys: KeyRing; shopOrigin: string; limits: Partial<GatewayLimits> },
  closing: Closing,
): GatewayRole {
  const { stores, keys, origins, clock, log, shopOrigin, limits } = deps;
  const { postgres, hot, epochs } = stores;
  const { catalog, lineRecords: records, orders } = postgres;
  const line = { hot, catalog, records, epochs, clock, log };
  const pacer = startPacer({
    ...line,
    paymentBacklog: backlogOf(orders),
    shopLatency: latencyOf(postgres.processReports),
    gateways: gatewaysOf(postgres.processReports),
  });
  closing.later("pacer", () => pacer.stop());
  const gateway = openGateway({
    ...line,
    queueKeys: () => keys.queue,
    signer: () => keys.admission.signer,
    keySet: () => ({ keys: keys.admission.publicKeys }),
    verifier: () => keys.admissionVerifier,
    originKeys: postgres.originKeys,
    shopOrigin,
    limits,
    secureCookies: origins.gateway.startsWith("https:"),
  });
  closing.later("gateway", () => gateway.stop());
  return {
    name: "gateway",
    routes: gateway.routes,
    prepared: gateway.prepared,
    bounds: gateway.bounds,
    measures: () => ({
      streams: gateway.streams,
      ticks: Object.fromEntries(pacer.reports()),
    }),
    endStreams: () => gateway.stop(),
    pacer,
  };
}

/** A report of a box office that has been silent for longer says nothing of now. */
const believedMs = 10_000;
const latencyKeptMs = 1_000;

/** How slow the slowest box office answers, as a brake: read once a second for all lines together. */
function latencyOf(reports: Pick<ProcessReports, "heard">) {
  return keptOf(reports, latencyKeptMs, (heard) => {
    const measured = heard.flatMap(({ measures }) => measures.shopP99Ms ?? []);
    return measured.length > 0 ? Math.max(...measured) : undefined;
  });
}

const countKeptMs = 10_000;

/** How many gateways there are, itself among them: read seldom, because it only spares questions. */
function gatewaysOf(reports: Pick<ProcessReports, "heard">) {
  return keptOf(
    reports,
    countKeptMs,
    (heard) => heard.filter(({ roles }) => roles.includes("gateway")).length,
  );
}

/** What the reports of those who were heard lately say together, read so often at most. */
function keptOf<Value>(
  reports: Pick<ProcessReports, "heard">,
  keptMs: number,
  of: (heard: HeardReport[]) => Value,
): () => Promise<Value> {
  const kept = openKept({
    freshMs: keptMs,
    atMostMs: keptMs,
    max: 1,
    read: async (_: "all") =>
      of((await reports.heard()).filter(({ silentMs }) => silentMs < believedMs)),
  });
  return () => kept.get("all");
}

/** Orders whose payment is under way, as a brake for the pacer. */
function backlogOf(orders: Pick<OrderStore, "underWay">) {
  return ({ performanceId }: OnSale): Promise<number> => orders.underWay(performanceId);
}
