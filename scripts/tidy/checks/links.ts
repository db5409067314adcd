// Relative links in documents lead somewhere. Pictures and files that tidy does not read as text are
// looked up on the list of what git knows, so a missing picture is found as well.

import { existsSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { type Check, type Finding, type Project } from "../project.ts";

const root = dirname(dirname(dirname(import.meta.dir)));
const link = /\[[^\]]*\]\(([^)\s]+)(?:\s+"[^"]*")?\)|(?:src|href)="([^"]+)"/g;

function find(project: Project): Finding[] {
  return [...project]
    .filter(([path]) => path.endsWith(".md"))
    .flatMap(([file, text]) =>
      [
        ...text
          .replace(/```[\s\S]*?```|`[^`\n]*`/g, (code) => code.replace(/[^\n]/g, " "))
          .matchAll(link),
      ]
        .map((match) => ({ target: match[1] ?? match[2] ?? "", at: match.index }))
        .filter(({ target }) => !/^([a-z]+:|#|\/\/)/.test(target))
        .filter(({ target }) => !leadsSomewhere(project, file, target))
        .map(({ target, at }) => ({
          file,
          line: text.slice(0, at).split("\n").length,
          says: `the link ${target} leads nowhere`,
        })),
    );
}

function leadsSomewhere(project: Project, file: string, target: string): boolean {
  const path = decodeURI(target.split("#")[0] ?? "");
  const resolved = posix.normalize(posix.join(posix.dirname(file), path));
  if (resolved.startsWith("..")) return false;
  if (project.has(resolved)) return true;
  const folder = resolved.endsWith("/") ? resolved : `${resolved}/`;
  if ([...project.keys()].some((known) => known.startsWith(folder))) return true;
  return existsSync(join(root, resolved));
}

export const links: Check = {
  name: "links",
  find,
  bad: [{ "README.md": "see [the plan](docs/no-such-plan.md)" }],
  good: { "docs/a.md": "see [b](b.md#part), [web](https://example.org)", "docs/b.md": "" },
};
