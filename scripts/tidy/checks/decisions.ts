// Every decision record says what it must: context, decision, consequences, failure modes.

import { type Check, type Project } from "../project.ts";

const sections = ["Context", "Decision", "Consequences", "Failure modes"];

export const decisions: Check = {
  name: "decisions",
  find: (project: Project) =>
    [...project]
      .filter(([path]) => /^docs\/adr\/\d{4}-[\w-]+\.md$/.test(path))
      .flatMap(([file, text]) =>
        sections
          .filter((section) => !new RegExp(`^##+ ${section}\\s*$`, "m").test(text))
          .map((section) => ({ file, says: `has no section "## ${section}"` })),
      ),
  bad: [
    { "docs/adr/0001-runtime.md": "# Runtime\n\n## Context\n\n## Decision\n\n## Consequences\n" },
  ],
  good: {
    "docs/adr/0001-runtime.md": sections.map((section) => `## ${section}\n\nText.\n`).join("\n"),
  },
};
