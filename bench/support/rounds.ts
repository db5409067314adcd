// Runs one benchmark: a first round that warms everything up and does not count, then the rounds, each
// with all sides in turn; judges the goals and answers the result. A side that forgets a figure, or
// answers one that is no number, fails the run.

import { assert } from "../../src/foundation/assert.ts";
import { type Bench, type Figures, judge, mediansOf } from "./bench.ts";
import { describeMachine, loadAverage, othersShare, readCpuClock } from "./machine.ts";
import type { Result, Round } from "./results.ts";

export const fewestRounds = 5;
/** Others who take more than this of the machine make a run worth repeating. */
const muchOfOthers = 0.1;

export type Told = (line: string) => void;

export async function runBench(
  bench: Bench,
  { rounds: asked = fewestRounds, tell }: { rounds?: number; tell: Told },
): Promise<{ result: Result; kept: string }> {
  assert(asked >= 1, `rounds ${asked}`);
  const rounds = bench.once ? 1 : asked;
  let kept = "";
  const setup = await bench.open({
    keep: (text) => {
      kept += `${text.trimEnd()}\n\n`;
    },
  });
  const done: Round[] = [];
  try {
    if (!bench.once) {
      tell("warming up");
      await oneRound(bench, setup.sides);
      kept = "";
    }
    const at = new Date().toISOString();
    while (done.length < rounds) {
      const average = loadAverage();
      const before = readCpuClock();
      const figures = await oneRound(bench, setup.sides);
      done.push({ figures, loadAverage: average, othersShare: othersShare(before) });
      tell(`round ${done.length}: ${shown(figures)}`);
    }
    const result = resultOf(bench, done, { at, notes: setup.notes?.() ?? [] });
    return { result, kept };
  } finally {
    await setup.close();
  }
}

async function oneRound(
  bench: Bench,
  sides: readonly (() => Promise<Figures>)[],
): Promise<Figures> {
  let figures: Figures = {};
  for (const side of sides) figures = { ...figures, ...(await side()) };
  const wanted = Object.keys(bench.figures).sort().join();
  const got = Object.keys(figures).sort().join();
  assert(wanted === got, `bench ${bench.id}: figures ${got} instead of ${wanted}`);
  for (const [name, value] of Object.entries(figures)) {
    assert(Number.isFinite(value), `bench ${bench.id}: ${name} is ${value}`);
  }
  return figures;
}

function resultOf(
  { id, what, figures, goals }: Bench,
  rounds: readonly Round[],
  { at, notes }: { at: string; notes: string[] },
): Result {
  const numbers = rounds.map((round) => round.figures);
  const most = Math.max(...rounds.map((round) => round.othersShare));
  const disturbed = `others took up to ${Math.round(most * 100)} % of the machine during a round`;
  return {
    id,
    what,
    command: `npm run bench -- ${id}`,
    at,
    machine: describeMachine(),
    figures,
    rounds,
    medians: mediansOf(numbers),
    goals: goals.map((goal) => judge(goal, numbers)),
    notes: most > muchOfOthers ? [...notes, disturbed] : notes,
  };
}

const shown = (figures: Figures) =>
  Object.entries(figures)
    .map(([name, value]) => `${name} ${figureText(value)}`)
    .join(" · ");

export function figureText(value: number): string {
  const digits = Math.abs(value) >= 1_000 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en", { maximumFractionDigits: digits });
}
