// Functions of more than sixty lines of their own, as a ratchet. oxlint finds the long ones; lines of a
// function inside are that one's, so an object made of closures is measured method by method, as a
// class would be (its whole is bounded by the file's size). known-long-functions.json
// lists those that exist, with their length. A listed one may shrink and never grow; one that became
// short enough must leave the list; a new one is refused. The aim is an empty list.
// `node scripts/with-bun.mjs scripts/suite/long-functions.ts --write` lowers the list to what is.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isTest } from "../tidy/project.ts";
import { run, tool } from "./run.ts";

export const longest = 60;
const listFile = join(import.meta.dir, "known-long-functions.json");
const config = join(import.meta.dir, "long-functions.oxlintrc.json");

/** Lines by `file#function`. */
export type Lengths = Readonly<Record<string, number>>;

/** What is wrong, in words; empty when the ratchet holds. */
export function compare(known: Lengths, found: Lengths): string[] {
  const grown = Object.entries(found).flatMap(([key, lines]) => {
    const before = known[key];
    if (before === undefined) return [`${key} has ${lines} lines; at most ${longest}: split it`];
    return lines > before
      ? [`${key} grew from ${before} to ${lines} lines; it may only shrink`]
      : [];
  });
  const gone = Object.keys(known)
    .filter((key) => found[key] === undefined)
    .map((key) => `${key} is short enough now: take it off known-long-functions.json`);
  return [...grown, ...gone];
}

/** Reads oxlint's unix format: `file:line:column: The function `name` has too many lines (110). …`. */
export function parse(output: string, source: (file: string) => string): Lengths {
  const lengths: Record<string, number> = {};
  const pattern = /^(\S+?):(\d+):\d+: The (.*?) has too many lines \((\d+)\)/gm;
  for (const [, file = "", first, what, all] of output.matchAll(pattern)) {
    if (isTest(file)) continue; // A test file's describe() is a list, not a function.
    const text = source(file).split("\n");
    const lines = ownLines(text.slice(Number(first) - 1, Number(first) - 1 + Number(all)));
    if (lines <= longest) continue;
    const name = /`([^`]+)`/.exec(what ?? "")?.[1] ?? "(unnamed)";
    const key = `${file}#${name}`;
    lengths[key] = Math.max(lengths[key] ?? 0, lines);
  }
  return lengths;
}

const opensFunction = /(=>|\bfunction\b.*|^\s*(async )?\*?[\w$]+\(.*\)(: .+)?) \{$/;
const opensControl = /^\s*(\} )?(if|for|while|switch|else|try|catch|do)\b/;

/**
 * Lines of a function without those of the functions inside it. Reads the formatter's indentation: a
 * function inside begins with a line that opens it and ends where its closing brace stands as deep.
 */
export function ownLines(body: readonly string[]): number {
  let own = 0;
  for (let at = 0; at < body.length; at++) {
    own++;
    const line = body[at] ?? "";
    if (at === 0 || !opensFunction.test(line) || opensControl.test(line)) continue;
    const depth = line.length - line.trimStart().length;
    const end = body.findIndex((later, n) => n > at && later.startsWith(`${" ".repeat(depth)}}`));
    if (end > at) at = end;
  }
  return own;
}

async function main(isWriting: boolean): Promise<number> {
  const { output } = await run([tool("oxlint"), "-c", config, "--format", "unix", "."], {
    timeoutMs: 60_000,
  });
  // There are always long ones in tests: an output without any is a run that looked at nothing.
  if (!output.includes("has too many lines")) {
    console.log(output);
    return 1;
  }
  const found = parse(output, (file) => readFileSync(file, "utf8"));
  const known = JSON.parse(readFileSync(listFile, "utf8")) as Lengths;
  if (isWriting) {
    const sorted = Object.fromEntries(
      Object.entries(found).sort(([one], [other]) => one.localeCompare(other)),
    );
    writeFileSync(listFile, `${JSON.stringify(sorted, null, 2)}\n`);
    return 0;
  }
  const wrong = compare(known, found);
  for (const line of wrong) console.log(line);
  return wrong.length === 0 ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main(process.argv.includes("--write"));
