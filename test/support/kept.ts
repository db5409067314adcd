// What a process says in /metrics of what it keeps for its callers, and of the most that it will keep (Y2).

import { expect } from "bun:test";

/** By kind; fails where one has no limit, or is over it. @param text a whole answer of /metrics. */
export function keptWithinLimits(text: string): Map<string, number> {
  const read = (gauge: string) =>
    new Map(
      [...text.matchAll(new RegExp(`^${gauge}\\{what="(\\w+)"\\} (\\S+)$`, "gm"))].map(
        ([, what = "", value]) => [what, Number(value)],
      ),
    );
  const kept = read("usher_kept");
  const limits = read("usher_kept_limit");
  expect([...limits.keys()]).toEqual([...kept.keys()]);
  for (const [what, size] of kept) {
    const limit = limits.get(what) ?? Number.NaN;
    expect({ what, isLimit: Number.isFinite(limit) && limit > 0 }).toEqual({ what, isLimit: true });
    expect({ what, isWithin: size >= 0 && size <= limit }).toEqual({ what, isWithin: true });
  }
  return kept;
}
