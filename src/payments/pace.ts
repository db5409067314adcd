// Keeps calls within what a provider allows in a second, endpoint by endpoint (Stripe: 25 a second for
// each by default). The allowance is a sliding window: any second, wherever it begins, holds no more
// starts than that. Callers stand in line in the order they came; the line is bounded by its callers.

export class Pace {
  private readonly perSec: number;
  private readonly lines = new Map<string, { starts: number[]; last: Promise<void> }>();

  constructor(perSec: number) {
    this.perSec = perSec;
  }

  /** Resolves when one more call of this endpoint may start. */
  async turn(endpoint: string): Promise<void> {
    const line = this.lines.get(endpoint) ?? { starts: [], last: Promise.resolve() };
    this.lines.set(endpoint, line);
    const mine = line.last.then(() => this.start(line.starts));
    line.last = mine;
    await mine;
  }

  private async start(starts: number[]): Promise<void> {
    const oldest = starts.length < this.perSec ? undefined : starts.shift();
    const waitMs = oldest === undefined ? 0 : oldest + windowMs - performance.now();
    if (waitMs > 0) await Bun.sleep(waitMs);
    starts.push(performance.now());
  }
}

/** A little more than a second: the provider's clock and the network are not ours. */
const windowMs = 1_050;
