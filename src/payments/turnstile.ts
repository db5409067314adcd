// Lets at most `width` calls through at once; the others stand in line in the order they came.
// The line itself is bounded by its callers: a saga runs a bounded batch and waits for it.

export class Turnstile {
  private readonly width: number;
  private readonly line: (() => void)[] = [];
  private inside = 0;

  constructor(width: number) {
    this.width = width;
  }

  async pass<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.inside >= this.width) await new Promise<void>((go) => this.line.push(go));
    else this.inside += 1;
    try {
      return await call();
    } finally {
      // The place is handed over, not freed: nobody from outside can slip in between.
      const next = this.line.shift();
      if (next === undefined) this.inside -= 1;
      else next();
    }
  }
}
