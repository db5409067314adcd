import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBatches } from "./batches.ts";

test("every folder with tests is a batch; quick leaves out what needs a browser or a server", () => {
  const project = mkdtempSync(join(tmpdir(), "usher-batches-"));
  try {
    for (const path of ["src/domain", "test/conformance", "test/journeys", "test/empty"]) {
      mkdirSync(join(project, path), { recursive: true });
    }
    for (const path of ["src/domain/a", "test/conformance/b", "test/journeys/c"]) {
      writeFileSync(join(project, `${path}.test.ts`), "");
    }
    const names = (isQuick: boolean) => findBatches(isQuick, project).map((batch) => batch.name);
    expect(names(false)).toEqual(["src", "test/conformance", "test/journeys"]);
    expect(names(true)).toEqual(["src", "test/conformance"]);
    expect(findBatches(true, project)[0]?.files).toEqual(["./src/domain/a.test.ts"]);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
});
