// What a benchmark is: figures taken in rounds, its sides in turns (A B A B …), so that a machine busy
// with something else slows all of them; and goals, which are ratios of figures of the same round.
// Read next: rounds.ts (how it is run), results.ts (what is kept), ../benches.ts (the list).

export type Figures = Readonly<Record<string, number>>;

export type Goal = {
  what: string;
  /** The figure that is judged. */
  of: string;
  /** The figure of the same round that it is divided by; without it the figure itself is judged. */
  over?: string;
  atLeast?: number;
  atMost?: number;
};

export type Bench = {
  /** As in `npm run bench -- <id>`; also the name of its results. */
  id: string;
  what: string;
  /** What each figure is, with its unit. A round has every one of them. */
  figures: Readonly<Record<string, string>>;
  goals: readonly Goal[];
  /** A run of minutes, on everything that the machine has: it counts as it is, without a warm-up. */
  once?: true;
  open(run: BenchRun): Promise<Setup>;
};

export type BenchRun = {
  /** Keeps the output of a tool, beside the results. */
  keep(text: string): void;
};

export type Setup = {
  /** Measured in this order in every round; each answers figures of its own. */
  sides: readonly (() => Promise<Figures>)[];
  /** What the load generator cost, what was refused, what limits. */
  notes?(): string[];
  close(): Promise<void>;
};

export type Judged = Goal & { value: number; isMet: boolean };

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function mediansOf(rounds: readonly Figures[]): Figures {
  const names = Object.keys(rounds[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [name, median(rounds.map((round) => round[name] ?? Number.NaN))]),
  );
}

/** The median of the rounds' ratios: two sides are compared only within a round. */
export function judge(goal: Goal, rounds: readonly Figures[]): Judged {
  const { of, over, atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = goal;
  const value = median(
    rounds.map((round) => {
      const own = round[of] ?? Number.NaN;
      return over === undefined ? own : own / (round[over] ?? Number.NaN);
    }),
  );
  return { ...goal, value, isMet: value >= atLeast && value <= atMost };
}
