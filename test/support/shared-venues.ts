// Real seating files for tests and rehearsals lie beside the project, in ../shared/venues; a copy
// of the project alone does not have them. Tests that need them are skipped then, and loudly: a
// skipped test is printed by name and counted in the closing line.

import { test } from "bun:test";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const venues = resolve(import.meta.dir, "..", "..", "..", "shared", "venues");

/** The path of a file in the shared venues, or undefined when it is not there. */
export function sharedVenue(...parts: string[]): string | undefined {
  const path = join(venues, ...parts);
  return existsSync(path) ? path : undefined;
}

export type VenueCase = (path: string) => void | Promise<void>;

/** A test over one shared file: runs with its path, or is skipped saying which file is missing. */
export function testOnVenue(title: string, parts: string[], run: VenueCase, timeoutMs = 30_000) {
  const path = sharedVenue(...parts);
  if (path === undefined) skipLoudly(title, join("../shared/venues", ...parts));
  else test(title, () => run(path), timeoutMs);
}

/** Registers a skipped test and says what it misses. */
export function skipLoudly(title: string, missing: string): void {
  console.warn(`SKIPPED: ${title}: needs ${missing}`);
  test.skip(title, () => {});
}
