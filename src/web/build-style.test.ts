import { expect, test } from "bun:test";
import { withoutUnused } from "./build-style.ts";

test("keeps what the page uses and what that refers to", () => {
  const css =
    ":root{--a:1px;--b:var(--a);--c:2px;--d:3px}.used{margin:var(--b)}.other,.used:hover{color:red}";
  expect(withoutUnused(css, '<p class="used">--d')).toBe(
    ":root{--a:1px;--b:var(--a);--d:3px}.used{margin:var(--b)}.other,.used:hover{color:red}",
  );
});

test("drops rules of absent classes, also inside media queries", () => {
  const css = "p{margin:0}.gone{color:red}@media print{.gone{color:blue}.used{color:green}}";
  expect(withoutUnused(css, 'class="used"')).toBe("p{margin:0}@media print{.used{color:green}}");
});
