// The cheapest few of very many candidates without sorting them all: a heap of bounded size whose
// root is the worst one kept. Keeps: equal costs are ordered by number, so the same candidates give
// the same choice in whatever order they were offered.

/** Enough different answers for the fans of one moment; more would tell somebody a bad block. */
const most = 256;
/** Only this part of all candidates counts as nearly equal to the best, but at least `fewest`. */
const equalShare = 1 / 16;
const fewest = 8;

export class NearestBlocks {
  readonly #starts: number[] = [];
  readonly #costs: number[] = [];
  /** How many were offered. */
  count = 0;

  offer(start: number, cost: number): void {
    this.count++;
    const starts = this.#starts;
    if (starts.length < most) {
      starts.push(start);
      this.#costs.push(cost);
      this.#up(starts.length - 1);
    } else if (worse(this.#costs[0], starts[0], cost, start)) {
      starts[0] = start;
      this.#costs[0] = cost;
      this.#down();
    }
  }

  /** Without a spread the best; with one, that of the nearly equal ones. */
  choose(spread: number | undefined): number | undefined {
    const order = this.#starts.map((_, i) => i);
    const [starts, costs] = [this.#starts, this.#costs];
    order.sort((a, b) => (worse(costs[a], starts[a], costs[b], starts[b]) ? 1 : -1));
    const nearlyEqual = Math.max(fewest, Math.floor(this.count * equalShare));
    const pool = Math.min(order.length, nearlyEqual);
    if (pool === 0) return undefined;
    return starts[order[(spread ?? 0) % pool] ?? 0];
  }

  #up(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isWorse(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #down(): void {
    let at = 0;
    for (;;) {
      let worst = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.#starts.length && this.#isWorse(child, worst)) worst = child;
      }
      if (worst === at) return;
      this.#swap(at, worst);
      at = worst;
    }
  }

  #isWorse(a: number, b: number): boolean {
    return worse(this.#costs[a], this.#starts[a], this.#costs[b], this.#starts[b]);
  }

  #swap(a: number, b: number): void {
    for (const list of [this.#starts, this.#costs]) {
      const kept = list[a] ?? 0;
      list[a] = list[b] ?? 0;
      list[b] = kept;
    }
  }
}

function worse(costA = 0, startA = 0, costB = 0, startB = 0): boolean {
  return costA > costB || (costA === costB && startA > startB);
}
