// Nothing tracked names somebody's machine, a private registry, or carries a key: the project must
// build anywhere and be safe to publish.

import { type Check, linesMatching, type Project } from "../project.ts";

const self = "scripts/tidy/";
const rules: readonly { pattern: RegExp; says: string }[] = [
  {
    pattern: /(?<![\w./~-])\/(root|work|home\/[a-z]\w*|Users\/\w+)\/[\w.-]/,
    says: "a path of one machine",
  },
  {
    pattern: /https?:\/\/[^\s"'`)]*(registry|artifactory|nexus|verdaccio|pypi|mirror)[^\s"'`)]*/i,
    says: "a registry address",
  },
  { pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/, says: "a private key" },
  {
    pattern: /\b(sk|rk)_live_[0-9A-Za-z]{10,}|\bAKIA[0-9A-Z]{16}\b|\bghp_\w{30,}/,
    says: "a secret",
  },
];

export const leaks: Check = {
  name: "leaks",
  find: (project: Project) =>
    [...project]
      .filter(([path]) => !path.startsWith(self))
      .flatMap(([file, text]) =>
        rules.flatMap(({ pattern, says }) =>
          linesMatching(text, pattern).map(({ line, found }) => ({
            file,
            line,
            says: `${says}: ${found.slice(0, 60)}`,
          })),
        ),
      ),
  bad: [
    { "src/a.ts": `const plans = "/${"root"}/venues/a.json";` },
    { "docs/a.md": "see /home/ana/usher" },
    { "package.json": `"resolved": "https://${"registry"}.example.org/a.tgz"` },
    { "src/a.ts": `const key = "-----BEGIN ${"PRIVATE"} KEY-----";` },
  ],
  good: { "src/a.ts": 'const path = "./work/plan.json"; const route = "/api/root/x";' },
};
