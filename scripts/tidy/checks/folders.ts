// A folder with more than a dozen source files is two rooms.

import { posix } from "node:path";
import { type Check, type Finding, type Project, shipped } from "../project.ts";

const dozen = 12;

function find(project: Project): Finding[] {
  const counts = new Map<string, number>();
  for (const [path] of shipped(project)) {
    const folder = posix.dirname(path);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count > dozen)
    .map(([file, count]) => ({
      file,
      says: `${count} source files in one folder: it is two rooms`,
    }));
}

const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`src/domain/f${i}.ts`, ""]));

export const folders: Check = { name: "folders", find, bad: [many(13)], good: many(12) };
