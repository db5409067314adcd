import { expect, test } from "bun:test";
import { withoutUnused } from "./build-style.ts";

test("keeps what the page uses and what that refers to", () => {
  const css =
    ":root{--a:1px;--b:var(--a);--c:2px;--d:3px}.used{margin:var(--b)}.other,.used:hover{color:red}";
  expect(withoutUnused(css, '<p class="used">--d')).toBe(
    ":root{--d:3px}.used{margin:1px}.used:hover{color:red}",
  );
});

test("a token that is set anew somewhere stays one, and words keep their distance", () => {
  const css =
    ":root{--a:1px;--b:2px;--c:red}@media print{:root{--b:3px}}p{margin:var(--a)var(--b)var(--a)4px;color:var(--c)}";
  expect(withoutUnused(css, '<p class="x">')).toBe(
    ":root{--b:2px;}@media print{:root{--b:3px}}p{margin:1px var(--b) 1px 4px;color:red}",
  );
});

test("drops elements that are not there, alone and from a list", () => {
  const css = "h1,h2,ol{margin:0}ol{padding:0}.button:disabled{color:red}body{margin:0}";
  expect(withoutUnused(css, '<h1 class="button">')).toBe("h1{margin:0}body{margin:0}");
  expect(withoutUnused(css, '<h2 class="button" disabled>make("ol")')).toBe(
    "h2,ol{margin:0}ol{padding:0}.button:disabled{color:red}body{margin:0}",
  );
});

test("drops rules of absent classes, also inside media queries", () => {
  const css = "p{margin:0}.gone{color:red}@media print{.gone{color:blue}.used{color:green}}";
  expect(withoutUnused(css, '<p class="used">')).toBe(
    "p{margin:0}@media print{.used{color:green}}",
  );
});
