// The five health points and their colours, by the thresholds the platform promises to judge itself
// by. Pure: whoever measures hands the figures in. Keeps: a threshold itself belongs to the milder
// side only where the promise says so (see each rule), a figure that nobody measured is `unknown` and
// never green, and the admission rate is judged only while there is something to judge (a sale is
// open, not paused, and a line stands before it), and never by more than was set
// (docs/adr/0053-rate-by-what-was-set.md).
// Read next: health.test.ts (every threshold), box-office/health.ts (who measures).

import type { Phase } from "./waiting-room/frontier.ts";
import { callable } from "./waiting-room/pacing.ts";

/** `idle`: measured or not, there is nothing to judge now. `unknown`: it could not be measured. */
export type HealthLevel = "fine" | "warn" | "danger" | "idle" | "unknown";

export type HealthPointName =
  | "queue-size"
  | "admission-rate"
  | "holds-near-deadline"
  | "database-pool"
  | "hot-store-memory";

/** `people` and `per-sec` are counts, `share` is 0…1. */
export type HealthUnit = "people" | "per-sec" | "share";

export type HealthPoint = {
  readonly name: HealthPointName;
  readonly level: HealthLevel;
  /** undefined where nothing was measured or nothing is judged. */
  readonly value: number | undefined;
  readonly unit: HealthUnit;
  /** Where `warn` begins, and beyond what it is `danger`; for the admission rate both fall. */
  readonly warnAt: number;
  readonly dangerAt: number;
};

export type HealthMeasures = {
  /** People waiting in the line(s). */
  readonly waiting: number | undefined;
  /** Turns given a second, a mean over some seconds; undefined while there are too few. */
  readonly admittedPerSec: number | undefined;
  /** Before some sale stands a line: see `hasLine`. */
  readonly hasLine: boolean;
  /** The rate that was set, of several sales for those with a line together. */
  readonly setPerSec: number | undefined;
  readonly holds: number | undefined;
  readonly holdsNearDeadline: number | undefined;
  readonly pool: { readonly inUse: number; readonly max: number } | undefined;
  readonly memory: { readonly usedBytes: number; readonly limitBytes: number } | undefined;
};

export const healthThresholds = {
  "queue-size": { unit: "people", warnAt: 100_000, dangerAt: 500_000 },
  "admission-rate": { unit: "per-sec", warnAt: 300, dangerAt: 100 },
  "holds-near-deadline": { unit: "share", warnAt: 0.5, dangerAt: 0.8 },
  "database-pool": { unit: "share", warnAt: 0.7, dangerAt: 0.9 },
  "hot-store-memory": { unit: "share", warnAt: 0.6, dangerAt: 0.8 },
} as const satisfies Record<
  HealthPointName,
  { unit: HealthUnit; warnAt: number; dangerAt: number }
>;

/**
 * Set to as much or more, a rate is judged by the thresholds as promised; set lower, by the same parts of
 * what was set: three fifths and one fifth.
 */
const fullRatePerSec = 500;

/** Whoever can be called is, within two ticks of a second (Q8): so many at a time are no line. */
const noLineSec = 2;

/**
 * Whether fans have to wait who can be called. Where they come in ones and twos and each goes in at once,
 * the rate is low because nobody wants more.
 * @param sale.serving see `callable`.
 */
export function hasLine(sale: {
  readonly phase: Phase;
  readonly paused: boolean;
  readonly line: { readonly joined: number; readonly waiting: number; readonly returned: number };
  readonly serving: number | undefined;
  readonly admittedPerSec: number | undefined;
}): boolean {
  const { phase, paused, line, serving, admittedPerSec = 0 } = sale;
  return phase === "open" && !paused && callable(line, serving) > noLineSec * admittedPerSec;
}

/** Always the same five, in the same order. */
export function healthOf(measures: HealthMeasures): HealthPoint[] {
  const { waiting, holds, holdsNearDeadline, pool, memory } = measures;
  return [
    rising("queue-size", waiting),
    admissionRate(measures),
    // No holds is a share of nothing: fine, not unknown.
    rising("holds-near-deadline", shareOf(holdsNearDeadline, holds)),
    rising("database-pool", pool && shareOf(pool.inUse, pool.max)),
    rising("hot-store-memory", memory && shareOf(memory.usedBytes, memory.limitBytes)),
  ];
}

/** The worst of them; `idle` and `unknown` never make a whole worse than `fine`. */
export function worstLevel(points: readonly { level: HealthLevel }[]): "fine" | "warn" | "danger" {
  if (points.some(({ level }) => level === "danger")) return "danger";
  return points.some(({ level }) => level === "warn") ? "warn" : "fine";
}

/** Below `warnAt` fine, up to and with `dangerAt` warn, above danger. */
function rising(
  name: Exclude<HealthPointName, "admission-rate">,
  value: number | undefined,
): HealthPoint {
  const { warnAt, dangerAt, unit } = healthThresholds[name];
  const level =
    value === undefined
      ? "unknown"
      : value > dangerAt
        ? "danger"
        : value >= warnAt
          ? "warn"
          : "fine";
  return { name, level, value, unit, warnAt, dangerAt };
}

/** Above `warnAt` fine, down to and with `dangerAt` warn, below danger. */
function admissionRate(measures: HealthMeasures): HealthPoint {
  const { setPerSec, admittedPerSec: value } = measures;
  const promised = healthThresholds["admission-rate"];
  const ofPromised = Math.min(1, (setPerSec ?? fullRatePerSec) / fullRatePerSec);
  const warnAt = promised.warnAt * ofPromised;
  const dangerAt = promised.dangerAt * ofPromised;
  const point = { name: "admission-rate", unit: promised.unit, warnAt, dangerAt } as const;
  if (!measures.hasLine) return { ...point, level: "idle", value: undefined };
  if (value === undefined) return { ...point, level: "unknown", value };
  const level = value > warnAt ? "fine" : value >= dangerAt ? "warn" : "danger";
  return { ...point, level, value };
}

function shareOf(part: number | undefined, whole: number | undefined): number | undefined {
  if (part === undefined || whole === undefined) return undefined;
  return whole <= 0 ? 0 : part / whole;
}
