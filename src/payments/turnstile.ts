// Lets at most `width` calls through at once; the others stand in line in the order they came, at most
// `mostWaiting` of them: whoever comes then is refused at once (line-full.ts).

import type { Bound } from "../foundation/bounds.ts";
import { lineFull } from "./line-full.ts";

export class Turnstile {
  private readonly width: number;
  private readonly mostWaiting: number;
  private readonly line: (() => void)[] = [];
  private inside = 0;

  constructor(width: number, mostWaiting: number = width * waitingForEach) {
    this.width = width;
    this.mostWaiting = mostWaiting;
  }

  get bound(): Bound {
    return { size: this.line.length, limit: this.mostWaiting };
  }

  /** Throws the fault `provider-line-full`; the call was not made then. */
  async pass<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.inside < this.width) this.inside += 1;
    else if (this.line.length >= this.mostWaiting) throw lineFull("calls at once");
    else await new Promise<void>((go) => this.line.push(go));
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

/** At the usual third of a second a call, thirteen seconds of waiting: still within a worker's lease. */
const waitingForEach = 40;
