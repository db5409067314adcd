import { expect, test } from "bun:test";
import { checks } from "./checks.ts";
import { blindness } from "./main.ts";

test("there are at least twelve checks, so that a check cannot vanish unseen", () => {
  expect(checks.length).toBeGreaterThanOrEqual(12);
  expect(new Set(checks.map((check) => check.name)).size).toBe(checks.length);
});

for (const check of checks) {
  test(`tidy ${check.name}: catches its bad samples, accepts its good one`, () => {
    expect(check.bad.length).toBeGreaterThan(0);
    expect(blindness(check)).toEqual([]);
  });
}

test("a check that sees nothing is itself reported", () => {
  const blind = { name: "blind", find: () => [], bad: [{ "src/a.ts": "x" }], good: {} };
  expect(blindness(blind)).toEqual(["blind: does not catch its bad sample 1"]);
});
