// Whatever the folders of src/web load at run time travels to a phone (files directly in src/web
// build and serve the pages, and stay on the server). So everything it reaches must be web, wire,
// or one of the pure files named here: no Node, no stores, nothing secret, nothing heavy by accident.

import { importsOf } from "../imports.ts";
import { type Check, type Finding, type Project, shipped } from "../project.ts";
import { roomOf } from "./arrows.ts";

/** Pure, small, free of Node: may run in a browser. */
const pureFiles: readonly string[] = [
  "src/foundation/assert.ts",
  "src/foundation/after-sale-ids.ts",
  "src/foundation/ids.ts",
  "src/domain/ordering/price.ts",
  "src/domain/ordering/order.ts",
  "src/domain/seating/outline.ts",
  "src/domain/seating/plan-index.ts",
  "src/domain/seating/plan-view.ts",
  "src/domain/seating/venue-plan.ts",
  "src/domain/waiting-room/estimate.ts",
  "src/domain/waiting-room/frontier.ts",
  "src/domain/waiting-room/queue.ts",
];

function find(project: Project): Finding[] {
  const seen = new Map<string, string>(
    shipped(project)
      .filter(([path]) => /^src\/web\/[^/]+\//.test(path))
      .map(([path]) => [path, path]),
  );
  const findings: Finding[] = [];
  for (const [path, way] of seen) {
    for (const found of importsOf(project, path)) {
      if (found.isType || seen.has(found.to)) continue;
      if (found.isPackage) {
        if (/^(node|bun):|^bun$/.test(found.to)) {
          findings.push({ file: path, says: `${found.to} does not exist in a browser (${way})` });
        }
        continue;
      }
      seen.set(found.to, `${way} → ${found.to}`);
      const room = roomOf(found.to);
      if (room === "web" || room === "wire" || pureFiles.includes(found.to)) continue;
      findings.push({
        file: path,
        says: `${found.to} would travel to the browser (${way}); if it is pure and small, add it to tidy's browser-reach`,
      });
    }
  }
  return findings;
}

export const browserReach: Check = {
  name: "browser-reach",
  find,
  bad: [
    {
      "src/web/fan/a.ts": 'import { v } from "../../domain/ordering/secret.ts"; v();',
      "src/domain/ordering/secret.ts": "export const v = () => 1;",
    },
    {
      "src/web/fan/a.ts": 'import { v } from "../../wire/w.ts"; v();',
      "src/wire/w.ts": 'import { createHash } from "node:crypto"; export const v = createHash;',
    },
  ],
  good: {
    "src/web/fan/a.ts": 'import { v } from "../../wire/w.ts"; v();',
    "src/wire/w.ts": 'import type { X } from "../domain/x.ts"; export const v = (x: X) => x;',
    "src/domain/x.ts": "export type X = 1;",
  },
};
