// The door to the benchmarks:
//
//   npm run bench                      the list, with goals and what was measured last
//   npm run bench -- p1 p2             runs them, writes bench/results and the table in bench/README.md
//   npm run bench -- p1 --rounds 9     more rounds than five
//   npm run bench -- p1 --dry          writes nothing
//   npm run bench -- --table           makes the table anew
//
// Read next: support/bench.ts.

import { parseArgs } from "node:util";
import { benches } from "./benches.ts";
import type { Judged } from "./support/bench.ts";
import { readResults, writeResult } from "./support/results.ts";
import { fewestRounds, figureText, runBench } from "./support/rounds.ts";
import { writePage } from "./support/table.ts";

const out = (line: string) => console.log(line);

function list(): void {
  const results = readResults();
  for (const { id, what, goals } of benches) {
    out(`${id.padEnd(18)} ${what}`);
    const last = results.find((result) => result.id === id);
    for (const [nth, { what: goal, atLeast, atMost }] of goals.entries()) {
      const wanted = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
      out(`${" ".repeat(18)} ${goal}: ${wanted}; ${verdict(last?.goals[nth])}`);
    }
  }
}

function verdict(judged: Judged | undefined): string {
  if (judged === undefined) return "not measured";
  return `${figureText(judged.value)}, ${judged.isMet ? "met" : "missed"}`;
}

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      rounds: { type: "string", default: String(fewestRounds) },
      dry: { type: "boolean", default: false },
      table: { type: "boolean", default: false },
    },
  });
  const rounds = Number(values.rounds);
  const unknown = positionals.filter((id) => !benches.some((bench) => bench.id === id));
  if (unknown.length > 0) {
    out(`no benchmark is called ${unknown.join(", ")}; npm run bench lists them`);
    return 1;
  }
  if (!Number.isInteger(rounds) || rounds < 1 || (rounds < fewestRounds && !values.dry)) {
    out(`--rounds: at least ${fewestRounds}; fewer only with --dry`);
    return 1;
  }
  for (const bench of benches.filter(({ id }) => positionals.includes(id))) {
    out(`${bench.id}: ${bench.what}`);
    const { result, kept } = await runBench(bench, { rounds, tell: (line) => out(`  ${line}`) });
    for (const [name, what] of Object.entries(bench.figures)) {
      out(`  ${figureText(result.medians[name] ?? Number.NaN).padStart(12)}  ${what}`);
    }
    for (const judged of result.goals) out(`  ${judged.what}: ${verdict(judged)}`);
    for (const note of result.notes) out(`  ${note}`);
    if (!values.dry) writeResult(result, kept);
  }
  if (values.table || (positionals.length > 0 && !values.dry)) writePage(benches, readResults());
  else if (positionals.length === 0) list();
  return 0;
}

// Pools and timers of what was measured may linger; what was written is written.
process.exit(await main(process.argv.slice(2)));
