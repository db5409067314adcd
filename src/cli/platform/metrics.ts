// `/metrics` in Prometheus' text format: what the process costs and what the last tick of every
// on-sale measured. Read when scraped; nothing is counted twice and nobody is named.

import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Gateway } from "../../gateway/gateway.ts";
import type { Pacer } from "../../gateway/pacing/pacer.ts";
import type { Mounted } from "../../http/mount.ts";
import type { PoolGauge } from "../../stores/postgres/database.ts";

export type MetricsDeps = { pacer: Pacer; gateway: Gateway; pool: () => PoolGauge };

export function openMetrics({ pacer, gateway, pool }: MetricsDeps): Mounted {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });

  const streams = gauge("usher_live_streams", "Live streams of waiting fans in this process");
  const connections = gauge("usher_database_connections", "Database connections", ["state"]);
  const line = gauge("usher_line_entries", "Entries of an on-sale's line", ["on_sale", "state"]);
  const seats = gauge("usher_seats", "Seats of an on-sale's performance", ["on_sale", "state"]);
  const serving = gauge("usher_serving_position", "Serving position of an on-sale", ["on_sale"]);

  const read = () => {
    streams.set(gateway.streams);
    const { inUse, max, waiting } = pool();
    for (const [state, value] of Object.entries({ in_use: inUse, max, waiting })) {
      connections.set({ state }, value);
    }
    for (const gauges of [line, seats, serving]) gauges.reset();
    for (const [onSale, report] of pacer.reports()) {
      const labels = { on_sale: onSale };
      serving.set(labels, report.serving);
      for (const [state, value] of Object.entries(report.counts))
        line.set({ ...labels, state }, value);
      const { free, held, paying, sold, withheld } = report.seats;
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
