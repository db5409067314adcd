import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBatches } from "./batches.ts";

test("every folder with tests is a batch; quick leaves out what needs a browser or a server", () => {
  const project = mkdtempSync(join(tmpdir(), "usher-batches-"));
  try {
    for (const path of ["src/domain", "test/conformance", "test/faults", "test/empty"]) {
      mkdirSync(join(project, path), { recursive: true });
    }
    for (const path of ["src/domain/a", "src/domain/d", "test/conformance/b", "test/faults/c"]) {
      writeFileSync(join(project, `${path}.test.ts`), "");
    }
    const names = (isQuick: boolean) => findBatches(isQuick, project).map((batch) => batch.name);
    expect(names(false)).toEqual(["src 1/2", "src 2/2", "test/conformance", "test/faults"]);
    expect(names(true)).toEqual(["src 1/2", "src 2/2", "test/conformance"]);
    const batches = findBatches(false, project);
    expect(batches.map(({ files }) => files)).toEqual([
      ["./src/domain/a.test.ts"],
      ["./src/domain/d.test.ts"],
      ["./test/conformance/b.test.ts"],
      ["./test/faults/c.test.ts"],
    ]);
    expect(batches.map(({ isAlone }) => isAlone)).toEqual([false, false, false, true]);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
});
