// ARCHITECTURE.md lists the invariants (S1, Q3, M2, Y1 …), each in a table row that names its test.
// A row is honest when a test title carries the id in brackets, as in test("[S1] no seat twice", …).
// A row may say `planned` instead of a test while the issue that brings it is open.

import { type Check, type Finding, isTest, type Project } from "../project.ts";

const row = /^\|\s*([SQMY]\d+)\s*\|(.*)$/;

function find(project: Project): Finding[] {
  const architecture = project.get("ARCHITECTURE.md");
  if (architecture === undefined) return [];
  const tested = new Set<string>();
  for (const [path, text] of project) {
    if (!isTest(path)) continue;
    for (const match of text.matchAll(/\[([SQMY]\d+(?:\s*,\s*[SQMY]\d+)*)\]/g)) {
      for (const id of (match[1] ?? "").split(",")) tested.add(id.trim());
    }
  }
  const lines = architecture.split("\n");
  const listed = lines.flatMap((content, index) => {
    const match = row.exec(content);
    return match?.[1] === undefined
      ? []
      : [{ id: match[1], rest: match[2] ?? "", line: index + 1 }];
  });
  if (listed.length === 0) {
    return [{ file: "ARCHITECTURE.md", says: "lists no invariants: nothing was checked" }];
  }
  return listed
    .filter(({ id, rest }) => !tested.has(id) && !/\bplanned\b/.test(rest))
    .map(({ id, line }) => ({
      file: "ARCHITECTURE.md",
      line,
      says: `no test title carries [${id}]: name the test, or say planned`,
    }));
}

export const invariants: Check = {
  name: "invariants",
  find,
  bad: [
    { "ARCHITECTURE.md": "| S1 | no seat twice | holds.test.ts |" },
    { "ARCHITECTURE.md": "nothing about invariants" },
  ],
  good: {
    "ARCHITECTURE.md": "| S1 | no seat twice | holds.test.ts |\n| Y5 | goodput | planned |",
    "src/domain/holds.test.ts": 'test("[S1] no seat twice", () => {});',
  },
};
