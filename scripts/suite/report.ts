// What of a test run's output is worth a reader's time. A machine that keeps only part of a log keeps
// its end: so the names of what failed are told once more there, and files in which all passed are left out.

/** Without what passed: every file that has something to say, with its messages and where they are from. */
export function withoutPasses(output: string): string {
  const sections = [""];
  for (const line of output.split("\n")) {
    if (isPass.test(line)) continue;
    if (isFile.test(line)) sections.push(line);
    else sections[sections.length - 1] += `\n${line}`;
  }
  const [head = "", ...files] = sections;
  return [head, ...files.filter((section) => section.trim().includes("\n"))].join("\n").trim();
}

/** The lines of `bun test` that name a test that failed. */
export function failuresOf(output: string): string[] {
  return output.split("\n").filter((line) => line.startsWith("(fail)"));
}

/** Lines that tell of a test that was not run, and why. */
export function skipsOf(output: string): string {
  return output
    .split("\n")
    .filter((line) => /SKIPPED|^\((skip|todo)\)/.test(line))
    .join("\n")
    .trimEnd();
}

const isPass = /^\(pass\)/;
const isFile = /^\S+\.test\.tsx?:$/;
