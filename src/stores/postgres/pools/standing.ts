// Whether a replica may be read: pure, so that every turn of it is tested without a server. Its age is
// how long ago the primary stood where the replica stands now, by our own monotonic clock: no server's
// clock is believed, and a replica that is cut off from its primary grows old like one that is slow.
// KEEPS: in service means not older than `maxLagMs` and not further behind than `maxLagBytes` when it was
// last looked at; one that was left out comes back only when it has truly caught up.

export type ReplicaOptions = {
  /** A replica further behind than this is left out. */
  maxLagMs?: number;
  maxLagBytes?: number;
  /** Told when a replica is left out or taken in again; names a host and a port, never a password. */
  onReplica?: (change: ReplicaChange) => void;
};

export type ReplicaChange = { replica: string; inService: boolean; reason: Reason; lagMs: number };

/** Why it is where it is; stable words for logs, gauges and the desk. */
export type Reason = "caught-up" | "lagging" | "away" | "not-a-replica" | "not-looked-at";

export type Limits = { maxLagMs: number; maxLagBytes: number };

export const usualLimits: Limits = { maxLagMs: 5_000, maxLagBytes: 64 * 1024 * 1024 };
/** Left out at the limit, taken in at a fifth of it: one that hovers does not come and go. */
const backAtPart = 0.2;

export type Look = { inRecovery: boolean; lagMs: number; lagBytes: number };
export type Standing = { inService: boolean; reason: Reason };

export function judge(was: Standing, look: Look | "away", limits: Limits): Standing {
  if (look === "away") return { inService: false, reason: "away" };
  if (!look.inRecovery) return { inService: false, reason: "not-a-replica" };
  const part = was.inService ? 1 : backAtPart;
  const near = look.lagMs <= limits.maxLagMs * part && look.lagBytes <= limits.maxLagBytes * part;
  return near ? { inService: true, reason: "caught-up" } : { inService: false, reason: "lagging" };
}

/** Where the primary stood when, so that a position has an age. */
export type PrimaryPast = {
  note(position: bigint, at: number): void;
  /** How old the newest is that a server shows which has replayed up to `replayed`; bytes that it lacks. */
  lagOf(replayed: bigint, at: number): { lagMs: number; lagBytes: number };
};

export function openPrimaryPast(rememberMs: number): PrimaryPast {
  const samples: { position: bigint; at: number }[] = [];
  return {
    note(position, at) {
      const last = samples.at(-1);
      // A promoted replica may stand behind the primary that was lost: what it stands at counts now.
      if (last !== undefined && position < last.position) samples.length = 0;
      samples.push({ position, at });
      while ((samples[1]?.at ?? at) < at - rememberMs) samples.shift();
    },
    lagOf(replayed, at) {
      const newest = samples.at(-1);
      if (newest === undefined) return { lagMs: 0, lagBytes: 0 };
      const lagBytes = Math.max(0, Number(newest.position - replayed));
      if (lagBytes === 0) return { lagMs: 0, lagBytes };
      // It lacks everything from the first sample above it on; that was written after the one before.
      const shown = samples.findLast(({ position }) => position <= replayed);
      // Older than all that is remembered, or than this process: how old, nobody here knows.
      return { lagMs: shown === undefined ? rememberMs : at - shown.at, lagBytes };
    },
  };
}
