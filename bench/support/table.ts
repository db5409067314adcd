// The table of bench/README.md, made from the results and the list of benchmarks. What misses its goal
// says so, and what has a goal and no result says that too.
// Write it: `npm run bench -- --table` (a run of a benchmark writes it as well).

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bench, Goal, Judged } from "./bench.ts";
import type { Result } from "./results.ts";
import { figureText } from "./rounds.ts";

export const page = join(import.meta.dir, "..", "README.md");
const begin = "<!-- results: begin (generated, see support/table.ts) -->";
const end = "<!-- results: end -->";

export function writePage(benches: readonly Bench[], results: readonly Result[]): void {
  writeFileSync(page, pageWith(readFileSync(page, "utf8"), benches, results));
}

/** The page with the part between the marks made anew. */
export function pageWith(
  text: string,
  benches: readonly Bench[],
  results: readonly Result[],
): string {
  const [before, after] = [text.indexOf(begin), text.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`bench/README.md has lost its marks: ${begin}`);
  const made = [goalsTable(benches, results), ...results.map(details)].join("\n\n");
  return `${text.slice(0, before)}${begin}\n\n${made}\n\n${text.slice(after)}`;
}

function goalsTable(benches: readonly Bench[], results: readonly Result[]): string {
  const rows = benches.flatMap((bench) => {
    const result = results.find(({ id }) => id === bench.id);
    return bench.goals.map((goal, nth) => {
      const judged = result?.goals[nth];
      return `| ${bench.id} | ${goal.what} | ${wanted(goal)} | ${reached(judged)} | ${verdict(judged)} |`;
    });
  });
  return ["| id | what | goal | measured | |", "|---|---|---|---|---|", ...rows].join("\n");
}

const wanted = ({ atLeast, atMost }: Goal) =>
  atLeast === undefined ? `≤ ${figureText(atMost ?? Number.NaN)}` : `≥ ${figureText(atLeast)}`;
const reached = (judged: Judged | undefined) =>
  judged === undefined ? "–" : figureText(judged.value);
const verdict = (judged: Judged | undefined) =>
  judged === undefined ? "not measured" : judged.isMet ? "met" : "**missed**";

function details(result: Result): string {
  const { machine, rounds, medians } = result;
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  const rows = Object.entries(result.figures).map(([name, what]) => {
    const all = rounds.map(({ figures }) => figures[name] ?? Number.NaN);
    const [least, most] = [Math.min(...all), Math.max(...all)];
    const median = figureText(medians[name] ?? Number.NaN);
    return `| ${what} | ${median} | ${figureText(least)}…${figureText(most)} |`;
  });
  const loads = rounds.map(({ loadAverage }) => loadAverage);
  return [
    `### ${result.id}: ${result.what}`,
    "",
    `\`${result.command}\` · ${result.at.slice(0, 16).replace("T", " ")} UTC · ${rounds.length} rounds · ${machine.cores} cores (${machine.processor}), ${machine.memoryGiB} GiB · ${versions.join(", ")} · load average ${Math.min(...loads)}…${Math.max(...loads)} · [raw](results/${result.id}.json)`,
    "",
    "| figure | median | least…most |",
    "|---|---|---|",
    ...rows,
    ...(result.notes.length > 0 ? ["", ...result.notes.map((note) => `- ${note}`)] : []),
  ].join("\n");
}
