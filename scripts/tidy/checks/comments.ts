// No notes to self, no focused tests, no code asleep in comments: git remembers, the tracker plans.

import { type Check, isSource, linesMatching, type Project } from "../project.ts";

const self = "scripts/tidy/";
// Written apart, so that this file does not find itself.
const noteToSelf = new RegExp(`\\b(${["TO" + "DO", "FIX" + "ME", "XX" + "X"].join("|")})\\b`);
const focused = /^\s*(test|it|describe)\.only\(/;
// An example in a header is indented by more than one space, and stays.
const asleep =
  /^\s*\/\/ ?((const|let|return|await|import|export|if \(|for \(|throw)\b.*[;{]|[\w.]+\(.*\);|\}\s*)$/;

export const comments: Check = {
  name: "comments",
  find: (project: Project) =>
    [...project]
      .filter(
        ([path]) => !path.startsWith(self) && (isSource(path) || /\.(lua|sql|css)$/.test(path)),
      )
      .flatMap(([file, text]) => [
        ...linesMatching(text, noteToSelf).map(({ line, found }) => ({
          file,
          line,
          says: `${found}: do it, or write an issue`,
        })),
        ...linesMatching(text, focused).map(({ line }) => ({
          file,
          line,
          says: "a focused test hides all the others",
        })),
        ...linesMatching(text, asleep).map(({ line, found }) => ({
          file,
          line,
          says: `code asleep in a comment: ${found.trim().slice(0, 60)}`,
        })),
      ]),
  bad: [
    { "src/domain/a.ts": `// ${"TO" + "DO"} later` },
    { "src/domain/a.test.ts": 'test.only("x", () => {});' },
    { "src/domain/a.ts": "// const seat = find(row);" },
  ],
  good: {
    "src/domain/a.ts": "// Returns the seat; if none is free, the fan is told which were taken.",
  },
};
