// Names: kebab-case files; no words that say nothing; no enum, no I-prefix.

import { type Check, codeOnly, exportedNames, type Finding, linesMatching } from "../project.ts";
import { isSource, type Project, wordsOf } from "../project.ts";

const empty = [
  "manager",
  "service",
  "helper",
  "helpers",
  "util",
  "utils",
  "common",
  "data",
  "info",
];
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|d))?\.(tsx?|mjs|css|html|lua|sql)$/;

function find(project: Project): Finding[] {
  return [...project]
    .filter(([path]) => isSource(path) || /\.(css|html|lua|sql)$/.test(path))
    .flatMap(([path, text]) => [
      ...fileName(path),
      ...(isSource(path) ? insideOf(path, text) : []),
    ]);
}

function fileName(path: string): Finding[] {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const findings: Finding[] = [];
  if (!kebab.test(name)) findings.push({ file: path, says: "file names are kebab-case" });
  const saysNothing = wordsOf(name).find((word) => empty.includes(word));
  if (saysNothing !== undefined) {
    findings.push({ file: path, says: `"${saysNothing}" says nothing: name the thing itself` });
  }
  return findings;
}

function insideOf(path: string, text: string): Finding[] {
  const exported = exportedNames(text).flatMap(({ name, line }) => {
    const saysNothing = wordsOf(name).find((word) => empty.includes(word));
    if (saysNothing !== undefined) {
      return [{ file: path, line, says: `${name}: "${saysNothing}" says nothing` }];
    }
    return /^I[A-Z][a-z]/.test(name) ? [{ file: path, line, says: `${name}: no I prefix` }] : [];
  });
  const enums = linesMatching(codeOnly(text), /^\s*(export\s+)?(declare\s+)?(const\s+)?enum\s+\w/);
  return [
    ...exported,
    ...enums.map(({ line }) => ({ file: path, line, says: "a union of literals, never enum" })),
  ];
}

export const names: Check = {
  name: "names",
  find,
  bad: [
    { "src/domain/SeatMap.ts": "" },
    { "src/domain/seat-utils.ts": "" },
    { "src/domain/a.ts": "export class SeatManager {}" },
    { "src/domain/a.ts": "export interface ISeat { n: number }" },
    { "src/domain/a.ts": "export enum Seat { A }" },
  ],
  good: { "src/domain/database.test.ts": "export const database = 1;\nexport type Id = 1;" },
};
