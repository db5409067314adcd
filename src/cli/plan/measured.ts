// What the benchmarks measured, from the files that they leave (bench/results/<id>.json): the median of a
// figure, with the file, the day and the machine beside it. A file that is not there, or has no such
// figure, is a figure that is missing; a file that cannot be read is said so.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { Fault } from "../../foundation/fault.ts";
import type { Measured } from "./capacity.ts";

const result = z.looseObject({
  at: z.string(),
  machine: z.looseObject({
    cores: z.number(),
    memoryGiB: z.union([z.number(), z.string()]),
    processor: z.string().optional(),
  }),
  medians: z.record(z.string(), z.number()).optional(),
});

/** @throws Fault `bad-arguments`: the folder is not there, or a file in it is no result. */
export function readMeasured(folder: string): Measured {
  if (!existsSync(folder)) {
    throw new Fault(
      "bad-arguments",
      `--results ${folder}: there is no such folder.\n  mend: npm run bench writes bench/results; name another with --results.`,
    );
  }
  return ({ id, figure }) => {
    const file = `${id}.json`;
    const path = join(folder, file);
    if (!existsSync(path)) return undefined;
    const { at, machine, medians, ...flat } = parse(path);
    const value = medians?.[figure] ?? flat[figure];
    if (typeof value !== "number" || !(value > 0)) return undefined;
    const { cores, memoryGiB, processor = "" } = machine;
    const named = `${cores} cores${processor && ` ${processor}`}, ${memoryGiB} GiB`;
    return { value, file, at: at.slice(0, 10), machine: named };
  };
}

function parse(path: string) {
  try {
    return result.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new Fault(
      "bad-arguments",
      `${path} is no result of a benchmark.\n  mend: run it again (npm run bench), or remove the file.`,
      { cause },
    );
  }
}
