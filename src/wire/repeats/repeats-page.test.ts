import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { repeatsPage } from "./repeats-page.ts";

test("docs/repeats.md is what the table of repeats says", async () => {
  const page = await readFile(join(import.meta.dir, "../../../docs/repeats.md"), "utf8");
  expect(page).toBe(repeatsPage());
});
