// What tidy looks at: the project's own text files, as paths and texts. Checks see only this, so a
// check's bad sample is a handful of invented files, and no check ever touches the disk.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

export type Project = ReadonlyMap<string, string>;

export type Finding = {
  file: string;
  line?: number;
  /** What is wrong and how to mend it. */
  says: string;
  /** A warning is printed and does not fail. */
  level?: "warn";
};

export type Check = {
  name: string;
  find(project: Project): Finding[];
  /** Each must be caught, else tidy itself fails: a check that cannot fail checks nothing. */
  bad: Record<string, string>[];
  /** Must pass, so that a check that always fails is noticed too. */
  good: Record<string, string>;
};

const textFile =
  /\.(ts|tsx|mjs|js|css|html|lua|sql|md|json|toml|ya?ml|sh|csv)$|(^|\/)(run|Dockerfile)$/;
const ownMachinery = /(^|\/)package-lock\.json$/;
const maxBytes = 1_000_000;

/** Tracked files and new ones that git does not ignore. */
export function readProject(root: string): Project {
  const listed = execFileSync(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  );
  const paths = listed
    .split("\0")
    .filter((path) => textFile.test(path) && !ownMachinery.test(path));
  return new Map(
    paths
      .filter((path) => existsSync(join(root, path)))
      .filter((path) => statSync(join(root, path)).size <= maxBytes)
      .map((path) => [path, readFileSync(join(root, path), "utf8")] as const),
  );
}

export const isTest = (path: string): boolean =>
  /\.test\.tsx?$/.test(path) || path.startsWith("test/") || path.startsWith("bench/");

export const isSource = (path: string): boolean => /\.(tsx?|mjs)$/.test(path);

/** Source files that ship: not tests, benchmarks or scripts. */
export const shipped = (project: Project): [string, string][] =>
  [...project].filter(
    ([path]) => isSource(path) && !isTest(path) && /^(src|connector)\//.test(path),
  );

export function lineCount(text: string): number {
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}

/** Every line that matches, with its number from 1. */
export function linesMatching(text: string, pattern: RegExp): { line: number; found: string }[] {
  return text.split("\n").flatMap((content, index) => {
    const found = pattern.exec(content)?.[0];
    return found === undefined ? [] : [{ line: index + 1, found }];
  });
}

/** The text without comments and the contents of strings; lines keep their numbers. */
export function codeOnly(text: string): string {
  const token =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`/g;
  return text.replace(token, (match) => match.replace(/[^\n]/g, " "));
}

/** The words inside an identifier or a kebab-case name, in lower case. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => word.toLowerCase());
}

/** Names a module exports by declaration, with their lines. */
export function exportedNames(text: string): { name: string; line: number }[] {
  const pattern =
    /^export\s+(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(?:const|let|function\*?|class|type|interface)\s+([A-Za-z_$][\w$]*)/;
  return text.split("\n").flatMap((content, index) => {
    const name = pattern.exec(content)?.[1];
    return name === undefined ? [] : [{ name, line: index + 1 }];
  });
}
