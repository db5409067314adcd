// Keeps calls within what a provider allows in a second, endpoint by endpoint (Stripe: 25 a second for
// each by default). The allowance is a sliding window: any second, wherever it begins, holds no more
// starts than that. Callers stand in line in the order they came; the line is bounded by its callers.

export class Pace {
  private readonly perSec: number;
  private readonly lines = new Map<string, Line>();

  constructor(perSec: number) {
    this.perSec = perSec;
  }

  /** Resolves when one more call of this endpoint may start. */
  async turn(endpoint: string): Promise<void> {
    const line = this.lineOf(endpoint);
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
    const line = this.lines.get(endpoint) ?? { starts: [], heldUntil: 0, last: Promise.resolve() };
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
    starts.push(performance.now());
  }
}

type Line = { starts: number[]; heldUntil: number; last: Promise<void> };

/** A little more than a second: the provider's clock and the network are not ours. */
const windowMs = 1_050;
