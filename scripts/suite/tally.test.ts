import { expect, test } from "bun:test";
import { closingLine, tallyOf } from "./tally.ts";

test("reads the summary of bun test", () => {
  const output = "(pass) x\n\n 12 pass\n 2 skip\n 1 todo\n 3 fail\n 40 expect() calls\n";
  expect(tallyOf(output, 1)).toEqual({ passed: 12, failed: 3, skipped: 3 });
});

test("an error between tests is a failure", () => {
  expect(tallyOf(" 2 pass\n 0 fail\n 1 error\n", 1).failed).toBe(1);
});

test("silence, a crash and a bad exit are failures", () => {
  expect(tallyOf("", 0).failed).toBe(1);
  expect(tallyOf("Segmentation fault", 139).failed).toBe(1);
  expect(tallyOf(" 5 pass\n 0 fail\n", 1).failed).toBe(1);
});

test("the closing line names skipped tests only when there are some", () => {
  expect(closingLine({ passed: 3, failed: 0, skipped: 0 })).toBe("3 passed, 0 failed");
  expect(closingLine({ passed: 3, failed: 1, skipped: 2 })).toBe("3 passed, 1 failed, 2 skipped");
});
