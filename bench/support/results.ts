// What a benchmark leaves behind: one file of the same shape for each, `bench/results/<id>.json`, with
// the raw numbers of every round; what its tools printed lies beside it as `<id>.txt`. The table in
// bench/README.md is made of these files and of nothing else (table.ts).

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Figures, Judged } from "./bench.ts";
import type { Machine } from "./machine.ts";

export type Result = {
  id: string;
  what: string;
  command: string;
  /** ISO 8601, UTC: when the first round began. */
  at: string;
  machine: Machine;
  figures: Readonly<Record<string, string>>;
  rounds: readonly Round[];
  medians: Figures;
  goals: readonly Judged[];
  notes: readonly string[];
};

export type Round = {
  figures: Figures;
  /** Of one minute, when the round began; the benchmark's own load included. */
  loadAverage: number;
  /** Processor time that others took during the round, of all there is: 0…1; -1: unknown. */
  othersShare: number;
};

export const resultsFolder = join(import.meta.dir, "..", "results");

export function writeResult(result: Result, kept: string, folder = resultsFolder): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${result.id}.json`), `${JSON.stringify(result, undefined, 2)}\n`);
  const text = join(folder, `${result.id}.txt`);
  if (kept === "") rmSync(text, { force: true });
  else writeFileSync(text, kept);
}

export function readResults(folder = resultsFolder): Result[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Result);
}
