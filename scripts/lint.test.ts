// The lint rules the house leans on really fire: a config with a misspelt rule is silently nothing.

import { expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const root = dirname(import.meta.dir);

test("floating and misused promises, any and long parameter lists are refused", () => {
  // Inside the project, because type-aware rules need its tsconfig; `var/` is never tracked.
  const folder = join(root, "var", `lint-sample-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(
      join(folder, "tsconfig.json"),
      '{ "extends": "../../tsconfig.json", "include": ["."] }',
    );
    writeFileSync(
      join(folder, "sample.ts"),
      `export async function wait(): Promise<void> {}
export function start() { wait(); }
export const anything = (x: any) => x;
export function six(a: 1, b: 1, c: 1, d: 1, e: 1, f: 1) { return [a, b, c, d, e, f]; }
export function listen(on: (heard: () => void) => void) { on(async () => { await wait(); }); }
`,
    );
    const { stdout } = spawnSync(
      join(root, "node_modules", ".bin", "oxlint"),
      [
        "--type-aware",
        "--no-ignore",
        "-c",
        join(root, ".oxlintrc.json"),
        join(folder, "sample.ts"),
      ],
      { encoding: "utf8", cwd: root },
    );
    for (const rule of [
      "no-floating-promises",
      "no-explicit-any",
      "max-params",
      "no-misused-promises",
    ]) {
      expect(stdout).toContain(rule);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 30_000);
