// `npm run tidy`: the habits of the house as a test. First every check must catch its own bad
// samples and accept its good one; only then it looks at the project. So a check that went blind
// fails the build as surely as an untidy file. Ends with 1 when anything was found.

import { dirname } from "node:path";
import { checks } from "./checks.ts";
import { type Check, type Finding, type Project, readProject } from "./project.ts";

/** What is wrong with the check itself. */
export function blindness(check: Check): string[] {
  const samples = check.bad.flatMap((sample, index) =>
    failures(check, new Map(Object.entries(sample))).length === 0
      ? [`${check.name}: does not catch its bad sample ${index + 1}`]
      : [],
  );
  const complaints = failures(check, new Map(Object.entries(check.good)));
  return [
    ...samples,
    ...complaints.map((finding) => `${check.name}: refuses its good sample: ${finding.says}`),
  ];
}

function failures(check: Check, project: Project): Finding[] {
  return check.find(project).filter((finding) => finding.level !== "warn");
}

export function tidy(project: Project, out: (line: string) => void): number {
  let failed = 0;
  for (const check of checks) {
    for (const complaint of blindness(check)) {
      failed++;
      out(`FAIL ${complaint}`);
    }
    for (const { file, line, says, level } of check.find(project)) {
      if (level !== "warn") failed++;
      const where = line === undefined ? file : `${file}:${line}`;
      out(`${level === "warn" ? "warn" : "FAIL"} ${where} [${check.name}] ${says}`);
    }
  }
  out(`tidy: ${checks.length} checks over ${project.size} files, ${failed} failures`);
  return failed;
}

if (import.meta.main) {
  const root = dirname(dirname(import.meta.dir));
  const failed = tidy(readProject(root), (line) => console.log(line));
  process.exitCode = failed === 0 ? 0 : 1;
}
