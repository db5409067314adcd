// `/metrics` in Prometheus' text format: what the process costs, and what its roles measure: a gateway's
// streams and the last tick of every line that it leads. Read when scraped; nothing is counted twice and
// nobody is named.

import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Bounds } from "../../foundation/bounds.ts";
import type { Mounted } from "../../http/mount.ts";
import type { ProcessReport } from "../../ports/processes/process-reports.ts";

/**
 * ms between two looks at the event loop's delay. The library's 10 wake an idle process a hundred times a
 * second: fifty idle gateways would take a core. Waking is what an idle process costs, and a gauge that is
 * read every few seconds needs no more than one look in each.
 */
const eventLoopMonitoringPrecision = 1_000;

/** @param bounds what the process keeps for its callers, and what at most. */
export function openMetrics(own: () => ProcessReport, bounds: Bounds): Mounted {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });

  const playing = gauge("usher_role", "1 for each role that this process plays", ["role"]);
  const streams = gauge("usher_live_streams", "Live streams of waiting fans in this process");
  const shopLatency = gauge("usher_shop_latency_p99_seconds", "How slow shoppers are answered");
  const connections = gauge("usher_database_connections", "Database connections", ["state"]);
  const commits = gauge("usher_commit_waiting", "Callers waiting for a shared commit", ["group"]);
  const replicas = gauge("usher_replica_in_service", "1: this process reads from it", ["replica"]);
  const lag = gauge("usher_replica_lag_seconds", "How old a replica's answer is", ["replica"]);
  const kept = gauge("usher_kept", "What this process keeps for its callers, by kind", ["what"]);
  const keptMost = gauge("usher_kept_limit", "The most of it that it will keep", ["what"]);
  const leads = gauge("usher_lines_led", "Lines that this process paces");
  const line = gauge("usher_line_entries", "Entries of an on-sale's line", ["on_sale", "state"]);
  const seats = gauge("usher_seats", "Seats of an on-sale's performance", ["on_sale", "state"]);
  const serving = gauge("usher_serving_position", "Serving position of an on-sale", ["on_sale"]);

  const read = () => {
    const { roles, measures } = own();
    for (const role of roles) playing.set({ role }, 1);
    streams.set(measures.streams ?? 0);
    shopLatency.set((measures.shopP99Ms ?? 0) / 1_000);
    const { inUse, max, waiting } = measures.pool;
    for (const [state, value] of Object.entries({ in_use: inUse, max, waiting })) {
      connections.set({ state }, value);
    }
    for (const [group, waiting] of Object.entries(measures.commitsWaiting ?? {})) {
      commits.set({ group }, waiting);
    }
    for (const { replica, inService, lagMs } of measures.replicas ?? []) {
      replicas.set({ replica }, inService ? 1 : 0);
      lag.set({ replica }, lagMs / 1_000);
    }
    for (const [what, { size, limit }] of Object.entries(bounds())) {
      kept.set({ what }, size);
      keptMost.set({ what }, limit);
    }
    for (const gauges of [line, seats, serving]) gauges.reset();
    const ticks = Object.entries(measures.ticks ?? {});
    leads.set(ticks.length);
    for (const [onSale, tick] of ticks) {
      const labels = { on_sale: onSale };
      serving.set(labels, tick.serving);
      for (const [state, value] of Object.entries(tick.counts))
        line.set({ ...labels, state }, value);
      const { free, held, paying, sold, withheld } = tick.seats;
      for (const [state, value] of Object.entries({ free, held, paying, sold, withheld })) {
        seats.set({ ...labels, state }, value);
      }
    }
  };

  return {
    metrics: {
      GET: async () => {
        read();
        const headers = { "content-type": registry.contentType, "cache-control": "no-store" };
        return new Response(await registry.metrics(), { headers });
      },
    },
  };
}
