// The domain is rules only: it never reads a clock or a die, never waits, never does I/O. Time and
// chance are arguments. node:crypto is allowed for hashing, which is arithmetic.

import { importsOf } from "../imports.ts";
import { type Check, codeOnly, linesMatching, type Project, shipped } from "../project.ts";

const impure =
  /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.now\b|\basync\b|\bawait\b|\bfetch\(|\bsetTimeout\b|\bprocess\.|\bBun\./;
const allowedPackages = ["node:crypto"];

export const purity: Check = {
  name: "purity",
  find: (project: Project) =>
    shipped(project)
      .filter(([path]) => path.startsWith("src/domain/"))
      .flatMap(([path, text]) => [
        ...linesMatching(codeOnly(text), impure).map(({ line, found }) => ({
          file: path,
          line,
          says: `the domain is pure: \`${found}\` belongs in a caller, its result in an argument`,
        })),
        ...importsOf(project, path)
          .filter((found) => found.isPackage && !allowedPackages.includes(found.to))
          .map((found) => ({ file: path, says: `the domain is pure: no import of ${found.to}` })),
      ]),
  bad: [
    { "src/domain/a.ts": "export const a = () => Date.now();" },
    { "src/domain/a.ts": "export async function a() {}" },
    { "src/domain/a.ts": 'import { readFileSync } from "node:fs"; readFileSync("x");' },
  ],
  good: { "src/domain/a.ts": '// Date.now() is forbidden here\nexport const a = "await";' },
};
