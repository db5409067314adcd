// A file of more than sixty lines opens by saying what it is, the invariant it keeps and what to
// read next. The first line may be a shebang; the comment may be either kind.

import { type Check, isTest, lineCount, type Project } from "../project.ts";

const longEnough = 60;
const minimumWords = 12;

function headerWords(text: string): number {
  const body = text
    .replace(/^#![^\n]*\n/, "")
    .replace(/^\s*(\/\*\* @jsx[^\n]*\*\/|<!doctype html>)\s*/i, "");
  const block = /^\s*(?:\/\*([\s\S]*?)\*\/|<!--([\s\S]*?)-->)/.exec(body);
  const lines = /^(?:\s*(?:\/\/|--)[^\n]*\n)+/.exec(body);
  const words = block?.[1] ?? block?.[2] ?? lines?.[0] ?? "";
  return words.split(/\s+/).filter((word) => /\w/.test(word)).length;
}

export const headers: Check = {
  name: "headers",
  find: (project: Project) =>
    [...project]
      .filter(([path]) => /\.(tsx?|mjs|lua|sql|css)$/.test(path) && !isTest(path))
      // A dictionary is a list of sentences; the folder says what it is.
      .filter(([path]) => !path.startsWith("src/web/i18n/"))
      .filter(([, text]) => lineCount(text) > longEnough && headerWords(text) < minimumWords)
      .map(([file]) => ({
        file,
        says: "over 60 lines and no header: open with 3–12 lines (what it is, what it keeps, what to read next)",
      })),
  bad: [
    { "src/domain/a.ts": `export const a = 1;\n${"x;\n".repeat(60)}` },
    { "src/domain/a.ts": `// Rules.\n${"x;\n".repeat(60)}` },
  ],
  good: {
    "src/domain/a.ts": `// The rules of a hold: who may take a seat, for how long, and what happens after.\n${"x;\n".repeat(60)}`,
  },
};
