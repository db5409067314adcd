// Counting: what `bun test` says at its end, added up over batches. A batch that dies without a
// summary, finds no tests, or ends badly with no failed test still counts as one failure: silence is
// never success.

export type Tally = { passed: number; failed: number; skipped: number };

export function tallyOf(output: string, code: number): Tally {
  const counted = (word: string) => {
    const found = [...output.matchAll(new RegExp(`^\\s*(\\d+) ${word}s?$`, "gm"))].at(-1)?.[1];
    return Number(found ?? 0);
  };
  const passed = counted("pass");
  const failed = counted("fail") + counted("error");
  const skipped = counted("skip") + counted("todo");
  const isSilent = passed + failed + skipped === 0;
  return { passed, failed: failed === 0 && (code !== 0 || isSilent) ? 1 : failed, skipped };
}

export function add(one: Tally, other: Tally): Tally {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
  };
}

/** The last line of `npm test`. Others read it: its form is fixed. */
export function closingLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
