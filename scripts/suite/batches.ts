// Which tests run together, found on the disk so that a new folder can never be forgotten: the unit
// tests beside their files (one batch per package folder), then every folder of test/. Batches run
// one after another; each is one `bun test` process, so a crash costs one batch, not the run.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.ts";

export type Batch = { name: string; files: string[]; timeoutMs: number };

const unitFolders = ["src", "connector", "scripts", "bench"];
/** Quick enough for `npm run check`, and needing nothing that is not in node_modules. */
const quickFolders = ["conformance", "deploy", "simulation"];
/** Of a quick folder, what takes minutes and is left to the whole suite. */
const slowFiles = ["sell-out.test.ts", "container.test.ts", "reset-operator.test.ts"];
const batchTimeoutMs = 900_000;

export function findBatches(isQuick: boolean, project = root): Batch[] {
  const folders = existsSync(join(project, "test"))
    ? readdirSync(join(project, "test"), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
        .filter((name) => !isQuick || quickFolders.includes(name))
        .sort()
    : [];
  const paths = [...unitFolders, ...folders.map((name) => join("test", name))];
  return paths
    .map((name) => ({
      name,
      files: testFiles(project, name).filter((file) => !isQuick || !isSlow(file)),
      timeoutMs: batchTimeoutMs,
    }))
    .filter((batch) => batch.files.length > 0);
}

const isSlow = (file: string) => slowFiles.some((name) => file.endsWith(`/${name}`));

function testFiles(project: string, folder: string): string[] {
  const at = join(project, folder);
  if (!existsSync(at)) return [];
  return readdirSync(at, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.test\.tsx?$/.test(path) && !path.includes("node_modules"))
    .map((path) => `./${join(folder, path)}`)
    .sort();
}
