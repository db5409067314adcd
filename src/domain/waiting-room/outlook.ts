// The outlook: what a rate and a capacity mean for the line, told to the operator before a change is
// applied. Honest rather than exact: everything is a range. The upper end is the rate; the lower end
// is what the shop can take if every shopper uses the whole shopping time (Little's law: people
// inside = throughput × time inside, so throughput ≥ capacity ÷ longest time).
// Read next: pacing.ts, which decides each tick for real.

export type OutlookInput = {
  readonly ratePerSec: number;
  readonly maxCapacity: number;
  /** How long a shopper may shop at most. */
  readonly shopMs: number;
  readonly waiting: number;
  /** Shoppers and open turns now. */
  readonly active: number;
  /** Seats that are free or may come back. */
  readonly seatsLeft: number;
};

/** Codes; the desk has the sentences. */
export type OutlookNote =
  /** More people are inside than the new capacity: nobody is sent out, and nobody comes in until … */
  | "over-capacity"
  /** The shop fills up before the rate is used: capacity, not the rate, is what limits. */
  | "capacity-limits"
  /** Not everybody who waits can get a seat, even at one seat each. */
  | "seats-run-out";

export type Outlook = {
  readonly perMin: { readonly low: number; readonly high: number };
  /** How long the line of now takes; undefined where nobody waits. */
  readonly lineMs: { readonly low: number; readonly high: number } | undefined;
  readonly notes: readonly OutlookNote[];
};

export function outlookOf(input: OutlookInput): Outlook {
  const { ratePerSec, maxCapacity, shopMs, waiting, active, seatsLeft } = input;
  const sustained = maxCapacity / (Math.max(1_000, shopMs) / 1_000);
  const high = ratePerSec;
  const low = Math.min(ratePerSec, sustained);
  const notes: OutlookNote[] = [];
  if (active >= maxCapacity) notes.push("over-capacity");
  if (low < high) notes.push("capacity-limits");
  if (waiting > seatsLeft) notes.push("seats-run-out");
  return {
    perMin: { low: Math.round(low * 60), high: Math.round(high * 60) },
    lineMs:
      waiting === 0 ? undefined : lineMs(waiting, Math.max(0, maxCapacity - active), low, high),
    notes,
  };
}

/** Who fits into the free room comes in at the rate; only the rest may have to wait for others to go. */
function lineMs(waiting: number, room: number, low: number, high: number) {
  const atRate = Math.min(waiting, room);
  const rest = waiting - atRate;
  return {
    low: Math.round((waiting / high) * 1_000),
    high: Math.round((atRate / high + rest / low) * 1_000),
  };
}
