// The installation as the desk sees it: every process by its own report (ports/processes/process-reports.ts), and
// what only some of them know put together: the newest tick of each line, all streams, the fullest pool,
// what the reconciler found. Keeps: this process's own measures are always the present ones; a process
// that was not heard for ten seconds counts for nothing and is shown as gone; a database that does not
// answer makes everybody else grow silent, not disappear.
// Read next: cli/roles/reporting.ts (who writes), live/live-numbers.ts and ../health.ts (who asks).

import type { OnSaleId } from "../../foundation/ids.ts";
import type {
  HeardReport,
  PacedTick,
  ProcessMeasures,
  ProcessReport,
  ProcessReports,
} from "../../ports/processes/process-reports.ts";
import type { HealthView, ProcessView, ReplicaView } from "../../wire/desk-contract.ts";

export type Installation = {
  processes: ProcessView[];
  /** Live streams of waiting fans, in all processes. */
  streams: number;
  /** The fullest pool: the process behind it is the first to keep fans waiting. */
  pool: ProcessMeasures["pool"];
  books: HealthView["reconciler"];
  /** Each as the process sees it that sees it worst. */
  replicas: ReplicaView[];
  tick(onSaleId: OnSaleId): PacedTick | undefined;
};

export type Processes = { look(): Promise<Installation> };

export type ProcessesDeps = {
  reports: Pick<ProcessReports, "heard">;
  own: () => ProcessReport;
};

const keepMs = 1_000;
/** Whoever asks is not kept waiting by a database that does not answer. */
const patienceMs = 1_000;
/** Five reports missed: it is not only busy. */
const goneMs = 10_000;

export function openProcesses({ reports, own }: ProcessesDeps): Processes {
  let others: readonly HeardReport[] = [];
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  const read = async () => {
    try {
      others = await reports.heard();
      readAt = performance.now();
    } catch {
      // What was heard last stays, and grows older with every look.
    }
  };

  return {
    async look() {
      if (performance.now() - readAt >= keepMs) {
        reading ??= read().finally(() => {
          reading = undefined;
        });
        await inTime(reading);
      }
      const sinceMs = Math.round(performance.now() - readAt);
      const mine: HeardReport = { ...own(), silentMs: 0 };
      return together([
        mine,
        ...others
          .filter(({ instance }) => instance !== mine.instance)
          .map((report) => ({ ...report, silentMs: report.silentMs + sinceMs })),
      ]);
    },
  };
}

function together(all: readonly HeardReport[]): Installation {
  const there = all.filter(({ silentMs }) => silentMs < goneMs);
  const pools = there.map(({ measures }) => measures.pool);
  const books = all.flatMap(({ measures }) => measures.books ?? []);
  return {
    processes: all.map(viewOf).toSorted((a, b) => a.startedAt - b.startedAt),
    streams: there.reduce((sum, { measures }) => sum + (measures.streams ?? 0), 0),
    pool: highest(pools, ({ inUse, max }) => inUse / max) ?? { inUse: 0, max: 1, waiting: 0 },
    replicas: worstOfEach(there.flatMap(({ measures }) => measures.replicas ?? [])),
    books: highest(books, ({ lookedAt }) => lookedAt ?? 0) ?? { lookedAt: undefined, findings: [] },
    tick: (onSaleId) =>
      highest(
        there.flatMap(({ measures }) => measures.ticks?.[onSaleId] ?? []),
        ({ at }) => at,
      ),
  };
}

function worstOfEach(seen: readonly ReplicaView[]): ReplicaView[] {
  return [...new Set(seen.map(({ replica }) => replica))].toSorted().flatMap((name) => {
    const views = seen.filter(({ replica }) => replica === name);
    const out = views.filter(({ inService }) => !inService);
    return highest(out.length > 0 ? out : views, ({ lagMs }) => lagMs) ?? [];
  });
}

function highest<Item>(items: readonly Item[], by: (item: Item) => number): Item | undefined {
  return items.toSorted((a, b) => by(b) - by(a))[0];
}

function inTime(work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function viewOf({ instance, roles, host, pid, startedAt, silentMs, measures }: HeardReport) {
  const gone = silentMs >= goneMs;
  const view: ProcessView = {
    instance,
    roles,
    host,
    pid,
    startedAt,
    silentMs,
    gone,
    // Whoever is silent beyond the lease has been replaced.
    leads: gone ? 0 : Object.keys(measures.ticks ?? {}).length,
  };
  return view;
}
