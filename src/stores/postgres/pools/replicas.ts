// The replicas of the primary: a pool each, and a watch that looks at every server twice a second, never
// on a request's path. A request only compares numbers that the watch has left.
// KEEPS: what `pick` answers has replayed the position that was asked for. A position counts only while
// the connection lives on which the server told it: a server that restarts may show an older past for a
// moment, and its end is heard before anybody can connect to it again. So an address is one server.
// Read next: standing.ts (when one is left out), watch-connection.ts.

import { Fault } from "../../../foundation/fault.ts";
import {
  bytesOf,
  type Freshness,
  type LogPosition,
  parseLogPosition,
} from "../../../ports/reads/freshness.ts";
import { openPool, type PoolGauge, type PoolOptions, type Reader } from "./pool.ts";
import {
  judge,
  openPrimaryPast,
  type PrimaryPast,
  type Reason,
  type ReplicaOptions,
  type Standing,
  usualLimits,
} from "./standing.ts";
import { openWatchConnection } from "./watch-connection.ts";

/** One replica as this process sees it. `replica` is its host and port. */
export type ReplicaGauge = {
  replica: string;
  inService: boolean;
  reason: Reason;
  lagMs: number;
  lagBytes: number;
  pool: PoolGauge;
};

type Answer<T> = { kind: "answered"; value: T } | { kind: "ask-the-primary" };

export type Replica = {
  /** Anything that goes wrong, and a row that is not known here, is the primary's to answer. */
  ask<T>(work: (from: Reader) => Promise<T>): Promise<Answer<T>>;
};

export type Replicas = {
  /** undefined: only the primary can answer so freshly. */
  pick(freshness: Freshness): Replica | undefined;
  position(): Promise<LogPosition | undefined>;
  gauges(): ReplicaGauge[];
  close(): Promise<void>;
};

export const noReplicas: Replicas = {
  pick: () => undefined,
  position: async () => undefined,
  gauges: () => [],
  close: async () => {},
};

const lookEveryMs = 500;
/** A replica that hangs costs a reader at most so long; then the primary is asked. */
const silenceMs = 1_500;

export function openReplicas(
  primaryUrl: string,
  urls: readonly string[],
  options: ReplicaOptions & PoolOptions,
): Replicas {
  const limits = {
    maxLagMs: options.maxLagMs ?? usualLimits.maxLagMs,
    maxLagBytes: options.maxLagBytes ?? usualLimits.maxLagBytes,
  };
  const past = openPrimaryPast(limits.maxLagMs * 4);
  const watched = urls.map((url) => watchReplica(url, past, { ...options, ...limits }));
  const primary = openWatchConnection(primaryUrl, () => {});
  const notePrimary = async () => {
    // While it is away the replicas are judged by where it was last seen: there is nobody else to ask.
    const row = await primary
      .ask<{ flushed: string }>("select pg_current_wal_flush_lsn()::text as flushed")
      .catch(() => undefined);
    const flushed = parseLogPosition(row?.flushed);
    if (flushed !== undefined) past.note(bytesOf(flushed), performance.now());
  };
  const endings = [notePrimary, ...watched.map(({ look }) => look)].map(repeat);
  const positions = openPositions(primaryUrl);
  let turn = 0;

  return {
    pick(freshness) {
      if (freshness.kind === "now") return undefined;
      const least = freshness.kind === "as-of" ? bytesOf(freshness.position) : 0n;
      const able = watched.filter((one) => one.standing().inService && one.replayed() >= least);
      return able[turn++ % Math.max(1, able.length)];
    },
    async position() {
      // With nobody to read from there is nothing to compare it with.
      if (!watched.some((one) => one.standing().inService)) return undefined;
      return await positions.read();
    },
    gauges: () => watched.map(({ gauge }) => gauge()),
    async close() {
      await Promise.all(endings.map((end) => end()));
      await Promise.all([primary, positions, ...watched].map((one) => one.close()));
    },
  };
}

type Watched = Replica & {
  look(): Promise<void>;
  standing(): Standing;
  replayed(): bigint;
  gauge(): ReplicaGauge;
  close(): Promise<void>;
};

function watchReplica(
  url: string,
  past: PrimaryPast,
  options: ReplicaOptions & PoolOptions & typeof usualLimits,
): Watched {
  const { host: replica } = new URL(url);
  const pool = openPool(url, {
    ...options,
    readOnly: true,
    silenceMs,
    connectTimeoutMs: silenceMs,
  });
  let standing: Standing = { inService: false, reason: "not-looked-at" };
  let replayed = 0n;
  let lag = { lagMs: 0, lagBytes: 0 };

  const become = (next: Standing) => {
    const { inService } = standing;
    standing = next;
    if (inService === next.inService) return;
    options.onReplica?.({ replica, ...next, lagMs: Math.round(lag.lagMs) });
  };
  /** Of the server's run, as far as we know it: another one is another past. */
  let run = 0;
  const away = () => {
    run++;
    replayed = 0n;
    become(judge(standing, "away", options));
  };
  const watch = openWatchConnection(url, away);

  return {
    standing: () => standing,
    replayed: () => replayed,
    async look() {
      try {
        const row = await watch.ask<{ inRecovery: boolean; replayed: string | null }>(
          `select pg_is_in_recovery() as "inRecovery", pg_last_wal_replay_lsn()::text as replayed`,
        );
        const position = parseLogPosition(row?.replayed ?? undefined);
        replayed = position === undefined ? 0n : bytesOf(position);
        lag = past.lagOf(replayed, performance.now());
        become(judge(standing, { inRecovery: row?.inRecovery === true, ...lag }, options));
      } catch {
        away();
      }
    },
    async ask(work) {
      const picked = run;
      try {
        const value = await work(pool);
        return value === undefined || run !== picked
          ? { kind: "ask-the-primary" }
          : { kind: "answered", value };
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        // The watch takes it in again as soon as it answers; until then nobody else has to try.
        if (error.code === "database-away") away();
        return { kind: "ask-the-primary" };
      }
    },
    gauge: () => ({
      replica,
      ...standing,
      lagMs: Math.round(lag.lagMs),
      lagBytes: lag.lagBytes,
      pool: pool.gauge(),
    }),
    async close() {
      await watch.close();
      await pool.close();
    },
  };
}

/** Answers how to end it: when that has resolved, nothing of it runs any more. */
function repeat(look: () => Promise<void>): () => Promise<void> {
  let isOver = false;
  let wake = () => {};
  const loop = async () => {
    while (!isOver) {
      await look();
      if (isOver) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, lookEveryMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = loop();
  return async () => {
    isOver = true;
    wake();
    await running;
  };
}

/**
 * Where the primary's log ends, read after the call: whatever the caller has committed lies below it.
 * Callers of one moment share a reading, but never one that was under way before they came.
 */
function openPositions(primaryUrl: string) {
  const connection = openWatchConnection(primaryUrl, () => {});
  let underWay: Promise<unknown> = Promise.resolve();
  let next: Promise<LogPosition | undefined> | undefined;
  const read = async (): Promise<LogPosition | undefined> => {
    await underWay;
    next = undefined;
    const asked = connection
      .ask<{ position: string }>("select pg_current_wal_insert_lsn()::text as position")
      .then((row) => parseLogPosition(row?.position))
      .catch(() => undefined);
    underWay = asked;
    return await asked;
  };
  return {
    read: () => (next ??= read()),
    close: () => connection.close(),
  };
}
