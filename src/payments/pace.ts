// Keeps calls within what a provider allows in a second, endpoint by endpoint (Stripe: 25 a second for
// each by default). The allowance is a sliding window: any second, wherever it begins, holds no more
// starts than that. Callers stand in line in the order they came; nobody stands where the line is longer
// than `mostWaitMs` by what is allowed: that call was never made, and its order waits in the database,
// where it holds no lease (line-full.ts).

import type { Bound } from "../foundation/bounds.ts";
import { lineFull } from "./line-full.ts";

export class Pace {
  private readonly perSec: number;
  private readonly mostWaitMs: number;
  private readonly lines = new Map<string, Line>();

  constructor(perSec: number, mostWaitMs: number = usualMostWaitMs) {
    this.perSec = perSec;
    this.mostWaitMs = mostWaitMs;
  }

  /** Of the endpoint whose line is the longest. */
  get bound(): Bound {
    const size = Math.max(0, ...[...this.lines.values()].map(({ waiting }) => waiting));
    const most = Math.floor((this.mostWaitMs / 1_000) * this.perSec);
    return { size, limit: Math.max(this.perSec, most) };
  }

  /** Resolves when one more call of this endpoint may start. Throws the fault `provider-line-full`. */
  async turn(endpoint: string): Promise<void> {
    const line = this.lineOf(endpoint);
    const aheadMs = ((line.waiting + 1) / this.perSec) * 1_000;
    if (line.waiting >= this.perSec && aheadMs > this.mostWaitMs) throw lineFull(endpoint);
    line.waiting += 1;
    const mine = line.last.then(() => this.start(line));
    line.last = mine;
    await mine;
  }

  /** The provider says that it is too much, for others may call it too: nobody starts for a while. */
  hold(endpoint: string, forMs: number): void {
    const line = this.lineOf(endpoint);
    line.heldUntil = Math.max(line.heldUntil, performance.now() + forMs);
  }

  private lineOf(endpoint: string): Line {
    const known = this.lines.get(endpoint);
    if (known !== undefined) return known;
    const line = { starts: [], heldUntil: 0, last: Promise.resolve(), waiting: 0 };
    this.lines.set(endpoint, line);
    return line;
  }

  private async start(line: Line): Promise<void> {
    const { starts } = line;
    const oldest = starts.length < this.perSec ? undefined : starts.shift();
    const free = oldest === undefined ? 0 : oldest + windowMs;
    for (;;) {
      const waitMs = Math.max(free, line.heldUntil) - performance.now();
      if (waitMs <= 0) break;
      await Bun.sleep(waitMs);
    }
    line.waiting -= 1;
    starts.push(performance.now());
  }
}

type Line = { starts: number[]; heldUntil: number; last: Promise<void>; waiting: number };

/** A little more than a second: the provider's clock and the network are not ours. */
const windowMs = 1_050;
/** Short against a worker's lease (30 s), of which a call may take 8 s more, and twice. */
const usualMostWaitMs = 5_000;
