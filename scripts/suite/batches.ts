// Which tests run together, found on the disk so that a new folder can never be forgotten: the unit
// tests beside their files (one batch per package folder), then every folder of test/. Each batch is one
// `bun test` process, so a crash costs one batch, not the run. Most tests wait more than they compute:
// such batches run two at a time, and the two longest folders are halved so that both lanes stay busy.
// What strikes servers under load, or sells a whole stadium, has the machine for itself.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.ts";

export type Batch = { name: string; files: string[]; timeoutMs: number; isAlone: boolean };

const unitFolders = ["src", "connector", "scripts", "bench"];
/** Quick enough for `npm run check`, and needing nothing that is not in node_modules. */
const quickFolders = ["conformance", "deploy", "simulation"];
/** Of a quick folder, what takes minutes and is left to the whole suite. */
const slowFiles = ["sell-out.test.ts", "container.test.ts", "reset-operator.test.ts"];
const aloneFolders = ["cluster", "faults", "redis", "redis-faults", "replicas", "simulation"];
const halvedFolders = ["src", "test/journeys"];
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
    .flatMap((path) => {
      const all = testFiles(project, path).filter((file) => !isQuick || !isSlow(file));
      const isAlone = aloneFolders.some((name) => path === join("test", name));
      const batch = { name: path, timeoutMs: batchTimeoutMs, isAlone };
      if (!halvedFolders.includes(path) || all.length < 2) return [{ ...batch, files: all }];
      return [0, 1].map((half) => ({
        ...batch,
        name: `${path} ${half + 1}/2`,
        files: all.filter((_, nth) => nth % 2 === half),
      }));
    })
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
