// File sizes, in lines: the tail is what makes code unpleasant, so the tail is capped. Aim at
// 60–200. Function length has a ratchet of its own
// (scripts/suite/long-functions.ts); the number of parameters is oxlint's (.oxlintrc.json).

import { type Check, type Finding, isTest, lineCount, type Project } from "../project.ts";

type Limit = { warn: number; fail: number };

export function limitOf(path: string): Limit | undefined {
  if (/^(bench\/results|docs|deploy)\//.test(path)) return undefined;
  if (/\.(css|html)$/.test(path)) return { warn: 500, fail: 600 };
  if (path.endsWith(".lua")) return { warn: 100, fail: 120 };
  if (path.endsWith(".sql")) return { warn: 300, fail: 400 };
  if (!/\.(tsx?|mjs)$/.test(path)) return undefined;
  if (isTest(path)) return { warn: 500, fail: 600 };
  return { warn: 300, fail: 400 };
}

function find(project: Project): Finding[] {
  return [...project].flatMap(([file, text]) => {
    const limit = limitOf(file);
    const lines = lineCount(text);
    if (limit === undefined || lines <= limit.warn) return [];
    const says = `${lines} lines (warns above ${limit.warn}, fails above ${limit.fail}): it is two files`;
    return [lines > limit.fail ? { file, says } : { file, says, level: "warn" as const }];
  });
}

export const sizes: Check = {
  name: "sizes",
  find,
  bad: [
    { "src/domain/a.ts": "x\n".repeat(401) },
    { "src/domain/a.test.ts": "x\n".repeat(601) },
    { "src/stores/redis/scripts/a.lua": "x\n".repeat(121) },
    { "src/web/a.css": "x\n".repeat(601) },
  ],
  good: { "src/domain/a.ts": "x\n".repeat(400), "src/domain/a.test.ts": "x\n".repeat(600) },
};
