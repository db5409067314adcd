// Which format is it? Decided by what the files contain, not by what they promise; then handed to
// the importer of that format. Pure: the command line reads the files (src/cli/import.ts).

import { checkPlan } from "../check-plan.ts";
import { planFormat } from "../venue-plan.ts";
import { importBallpark, looksLikeBallpark } from "./ballpark-grid.ts";
import { readCsv } from "./csv-text.ts";
import { readJson } from "./json-text.ts";
import { accepted, type ImportOutcome, refusedFor, type SourceFile } from "./outcome.ts";
import { importPretix, looksLikePretix } from "./pretix.ts";
import { importStadium } from "./traced-stadium.ts";

/** File names by which a folder is known for a traced stadium; main.json may be missing. */
export const stadiumFiles = {
  seats: "allSeats.json",
  sections: "allSections.json",
  main: "main.json",
} as const;

export const knownFormats =
  "a pretix seating plan (.json with zones), a traced stadium (a folder with allSeats.json and allSections.json), a ballpark grid (.csv with a spaceType column), or an usher plan";

export function importVenue(files: readonly SourceFile[]): ImportOutcome {
  const named = (name: string) => files.find((file) => file.name === name);
  if (named(stadiumFiles.seats) || named(stadiumFiles.sections)) return readStadium(named);
  const [file] = files;
  if (file === undefined) return refusedFor("folder", `has no .json or .csv file: ${knownFormats}`);
  if (files.length > 1) {
    const names = files.map(({ name }) => name).slice(0, 5);
    const message = `has ${files.length} files (${names.join(", ")}): name the one that is the plan`;
    return refusedFor("folder", message);
  }
  if (file.text.trim() === "") return refusedFor(file.name, "is empty");
  return /^\ufeff?\s*[[{]/.test(file.text) ? readJsonPlan(file) : readCsvPlan(file);
}

function readStadium(named: (name: string) => SourceFile | undefined): ImportOutcome {
  const documents: Record<keyof typeof stadiumFiles, unknown> = {
    seats: undefined,
    sections: undefined,
    main: undefined,
  };
  for (const part of ["seats", "sections", "main"] as const) {
    const name = stadiumFiles[part];
    const file = named(name);
    if (file === undefined && part === "main") continue;
    if (file === undefined) return refusedFor(name, "is missing beside the other file");
    const reading = readJson(file.text);
    if (reading.kind === "broken") {
      return refusedFor(`${name}, line ${reading.line}, column ${reading.column}`, reading.why);
    }
    documents[part] = reading.value;
  }
  return importStadium(documents);
}

function readJsonPlan(file: SourceFile): ImportOutcome {
  const reading = readJson(file.text.replace(/^\ufeff/, ""));
  if (reading.kind === "broken") {
    return refusedFor(`${file.name}, line ${reading.line}, column ${reading.column}`, reading.why);
  }
  const { value } = reading;
  if (looksLikePretix(value)) return importPretix(value);
  if (typeof value === "object" && value !== null && "format" in value) {
    if (value.format === planFormat) return readOwnPlan(value);
  }
  return refusedFor(file.name, `is JSON, but not a venue plan. Known are ${knownFormats}`);
}

function readOwnPlan(value: unknown): ImportOutcome {
  const check = checkPlan(value);
  if (check.kind === "problems") {
    return { kind: "refused", problems: check.problems, more: check.more };
  }
  const gaps = check.plan.sections
    .flatMap((section) => section.rows.flatMap((row) => row.seats))
    .filter((seat) => seat.apart).length;
  const parted = { aisles: 0, pillars: 0, gaps };
  return accepted("usher-plan", { plan: check.plan, parted, notes: [] });
}

function readCsvPlan(file: SourceFile): ImportOutcome {
  const reading = readCsv(file.text);
  if (reading.kind === "records" && !looksLikeBallpark(reading.records)) {
    return refusedFor(file.name, `is not a venue plan. Known are ${knownFormats}`);
  }
  if (reading.kind === "broken") return refusedFor(`line ${reading.line}`, reading.why);
  return importBallpark(reading.records);
}
