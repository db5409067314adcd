import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compare, ownLines, parse } from "./long-functions.ts";
import { tool } from "./run.ts";

test("a listed function may shrink, never grow; a new one is refused; a mended one leaves", () => {
  const known = { "a.ts#f": 80, "b.ts#g": 70 };
  expect(compare(known, { "a.ts#f": 75, "b.ts#g": 70 })).toEqual([]);
  expect(compare(known, { "a.ts#f": 81, "b.ts#g": 70 })[0]).toContain("grew from 80 to 81");
  expect(compare(known, { "a.ts#f": 80 })[0]).toContain("b.ts#g is short enough");
  expect(compare({}, { "c.ts#h": 61 })[0]).toContain("c.ts#h has 61 lines");
});

test("oxlint's own words about a real long function are understood", () => {
  const folder = mkdtempSync(join(tmpdir(), "usher-long-"));
  try {
    writeFileSync(
      join(folder, "a.ts"),
      `export function long() {\n${"  start();\n".repeat(61)}}\n`,
    );
    const config = join(import.meta.dir, "long-functions.oxlintrc.json");
    const { stdout } = spawnSync(tool("oxlint"), ["-c", config, "--format", "unix", "a.ts"], {
      cwd: folder,
      encoding: "utf8",
    });
    const source = (file: string) => readFileSync(join(folder, file), "utf8");
    expect(parse(stdout, source)).toEqual({ "a.ts#long": 63 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("lines of a function inside are its own, those of a branch are not", () => {
  const body = [
    "function outer() {",
    "  const inner = () => {",
    "    one();",
    "    two();",
    "  };",
    "  if (inner()) {",
    "    three();",
    "  }",
    "  return {",
    "    async method(value: string): Promise<void> {",
    "      four();",
    "    },",
    "  };",
    "}",
  ];
  expect(ownLines(body)).toBe(9);
});
