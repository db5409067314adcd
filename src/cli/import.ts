// `usher import`: reads somebody else's seating plan and says what it made of it: sections, rows,
// seats, what parts neighbours, and everything that looks odd, with its place in the source. Writes
// the plan with --out. Exit codes: 0 imported, 1 refused, 2 the command line was not understood.

import { mkdir, readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { importVenue, stadiumFiles } from "../domain/seating/import/detect.ts";
import type { ImportOutcome, SourceFile } from "../domain/seating/import/outcome.ts";
import { planLimits, type VenuePlan } from "../domain/seating/venue-plan.ts";
import { Fault } from "../foundation/fault.ts";
import { nearest } from "./nearest.ts";
import { reportLines, summaryOf } from "./import-report.ts";

const help = `usher import <file or folder> [options]

Reads a venue plan and says what it found. Known are pretix seating plans (.json), traced
stadiums (a folder with allSeats.json and allSections.json), ballpark grids (.csv) and usher plans.

  --out <file>    write the plan as an usher plan
  --name <text>   what the venue is called, instead of the name in the file
  --json          print the report as JSON
  --help          this text`;

/** Ten times the largest real plan; more is not a plan. */
const maxBytes = 50 * 1024 * 1024;
const maxFiles = 100;
/** Who waits longer than this wants to know for what; so does who is about to. */
const patienceMs = 800;
const slowLength = 8_000_000;

type CommandLine =
  | { kind: "options"; options: Options }
  | { kind: "help" }
  | { kind: "misunderstood"; why: string };
type Options = { path: string; out?: string; name?: string; json: boolean };

export async function run(args: readonly string[]): Promise<number> {
  const line = parse(args);
  if (line.kind === "help") {
    print(help);
    return 0;
  }
  if (line.kind === "misunderstood") {
    complain([`usher import: ${line.why}`, "  mend: `usher import --help` shows what it takes."]);
    return 2;
  }
  const { options } = line;
  const startedAt = Date.now();
  const files = await readSource(options.path);
  const size = files.reduce((sum, { text }) => sum + text.length, 0);
  const progress = (step: string) => {
    const slow = size > slowLength || Date.now() - startedAt > patienceMs;
    if (slow) complain([`  … ${step}`]);
  };
  progress(`read ${files.map(({ name }) => name).join(", ")}; making a plan of it`);
  const outcome = renamed(importVenue(files), options.name);
  if (outcome.kind === "refused") {
    refuse(options, outcome);
    return 1;
  }
  progress("made the plan; writing");
  if (options.out !== undefined) await writePlan(options.out, outcome.plan);
  if (options.json) print(JSON.stringify(summaryOf(outcome), null, 2));
  else print(reportLines(outcome, options.out).join("\n"));
  return 0;
}

const flags = ["--out", "--name", "--json", "--help"];

function parse(args: readonly string[]): CommandLine {
  const found: { path?: string; out?: string; name?: string; json: boolean } = { json: false };
  for (let i = 0; i < args.length; i++) {
    const [word, glued] = splitFlag(args[i] ?? "");
    if (word === "--help" || word === "-h") return { kind: "help" };
    if (word === "--json") found.json = true;
    else if (word === "--out" || word === "--name") {
      const value = glued ?? args[++i];
      if (value === undefined || value.trim() === "") return misunderstood(`${word} needs a value`);
      found[word === "--out" ? "out" : "name"] = value.trim();
    } else if (word.startsWith("-")) {
      const meant = nearest(word, flags);
      return misunderstood(
        `there is no option ${word.slice(0, 40)}.${meant ? ` Did you mean ${meant}?` : ""}`,
      );
    } else if (found.path === undefined) found.path = word;
    else return misunderstood(`one file or folder at a time, got ${found.path} and ${word}`);
  }
  if (found.path === undefined) return misunderstood("which file or folder?");
  if ((found.name?.length ?? 0) > planLimits.wordLength) {
    return misunderstood(`--name may have at most ${planLimits.wordLength} characters`);
  }
  return { kind: "options", options: { ...found, path: found.path } };
}

const misunderstood = (why: string): CommandLine => ({ kind: "misunderstood", why });

function splitFlag(arg: string): [string, string?] {
  const equals = arg.indexOf("=");
  return arg.startsWith("--") && equals > 0 ? [arg.slice(0, equals), arg.slice(equals + 1)] : [arg];
}

/** One of a stadium's files stands for its folder; of a folder only .json and .csv files count. */
export async function readSource(path: string): Promise<SourceFile[]> {
  const found = await attempt(path, () => stat(path));
  if (!found.isDirectory() && !found.isFile()) {
    throw new Fault("import-unreadable", `${path} is neither a file nor a folder`);
  }
  const names: readonly string[] = Object.values(stadiumFiles);
  const folder = found.isDirectory() ? path : dirname(path);
  const whole = found.isDirectory() || names.includes(basename(path));
  const present = whole ? (await attempt(folder, () => readdir(folder))).sort() : [basename(path)];
  const stadium = present.filter((name) => names.includes(name));
  const plans = present.filter((name) => /\.(json|csv)$/i.test(name));
  const wanted = !whole ? present : stadium.length > 0 ? stadium : plans;
  if (wanted.length > maxFiles) {
    throw new Fault("import-too-large", `${path} has ${wanted.length} files: name one of them`);
  }
  const files: SourceFile[] = [];
  let bytes = 0;
  for (const name of wanted) {
    const file = join(folder, name);
    bytes += (await attempt(file, () => stat(file))).size;
    if (bytes > maxBytes) {
      const size = `${(bytes / 1024 / 1024).toFixed(1)} MB`;
      throw new Fault("import-too-large", `${path} has ${size} or more, at most 50 MB are read`);
    }
    files.push({ name, text: decode(file, await attempt(file, () => readFile(file))) });
  }
  return files;
}

function decode(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const message = `${file} is not UTF-8 text: save it as UTF-8 and try again`;
    throw new Fault("import-unreadable", message, { cause });
  }
}

const reasons: Record<string, string> = {
  ENOENT: "there is no such file or folder",
  EACCES: "no permission to read it",
  EPERM: "no permission to read it",
  EISDIR: "it is a folder",
  ENOSPC: "the disk is full",
  EROFS: "the disk is read-only",
  ENOTDIR: "a part of the path is not a folder",
};

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = (cause as { code?: string }).code ?? "";
    const reason = reasons[code] ?? (code || String(cause));
    throw new Fault("import-unreadable", `${path}: ${reason}`, { cause });
  }
}

/** Whole or not at all: a plan that was cut off by a full disk must not be mistaken for one. */
async function writePlan(path: string, plan: VenuePlan): Promise<void> {
  const target = resolve(path);
  const draft = `${target}.${process.pid}.part`;
  await attempt(path, async () => {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(draft, `${JSON.stringify(plan)}\n`);
    await rename(draft, target);
  });
}

function renamed(outcome: ImportOutcome, name: string | undefined): ImportOutcome {
  if (outcome.kind === "refused" || name === undefined) return outcome;
  return { ...outcome, plan: { ...outcome.plan, name: { ko: name, en: name } } };
}

function refuse(options: Options, outcome: ImportOutcome & { kind: "refused" }): void {
  if (options.json) {
    print(JSON.stringify(outcome, null, 2));
    return;
  }
  const count = outcome.problems.length + outcome.more;
  complain([
    `usher import: ${options.path} cannot be used, ${count === 1 ? "1 problem" : `${count} problems`}:`,
    ...outcome.problems.map(({ path, message }) => `  ${path}: ${message}`),
    ...(outcome.more > 0 ? [`  and ${outcome.more} more`] : []),
    "  mend: correct the places named above in the file; nothing was written.",
  ]);
}

const print = (text: string) => void process.stdout.write(`${text}\n`);
const complain = (lines: readonly string[]) => void process.stderr.write(`${lines.join("\n")}\n`);
