import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { problemsPage } from "./problems-page.ts";

test("docs/problems.md says what the table says", async () => {
  const page = await readFile(join(import.meta.dir, "../../docs/problems.md"), "utf8");
  expect(page).toBe(problemsPage());
});
