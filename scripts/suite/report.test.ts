import { expect, test } from "bun:test";
import { failuresOf, skipsOf, withoutPasses } from "./report.ts";

const told = [
  "src/b.test.tsx:",
  "114 |   expect(leading.length).toBe(1);",
  "error: expect(received).toBe(expected)",
  "(fail) three [2.00ms]",
  "SKIPPED: no ../shared",
  "(skip) four",
  "",
  " 2 pass",
  " 1 fail",
];
const output = [
  "bun test v1",
  "",
  "src/a.test.ts:",
  "(pass) one [1.00ms]",
  "",
  ...told.slice(0, 1),
  "(pass) two",
  ...told.slice(1),
  "",
].join("\n");

test("files in which all passed are left out; what failed is kept with its message and the counts", () => {
  expect(withoutPasses(output).split("\n")).toEqual(["bun test v1", "", ...told]);
});

test("what failed and what was skipped is found by name", () => {
  expect(failuresOf(output)).toEqual(["(fail) three [2.00ms]"]);
  expect(skipsOf(output)).toBe("SKIPPED: no ../shared\n(skip) four");
});
