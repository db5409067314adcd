// docs/problems.md, written from the table of problems. `bun src/wire/problems-page.ts` writes it again;
// a test compares.

import { problems } from "./problems.ts";

const intro = `# Problems

Written from \`src/wire/problems.ts\` by \`bun src/wire/problems-page.ts\`; do not edit by hand.

Every refusal is \`application/problem+json\` (RFC 9457). Branch on \`code\`: codes are stable, titles are for people and come in the language of \`Accept-Language\`.

| member | meaning |
|---|---|
| \`type\` | \`urn:usher:problem:<code>\` |
| \`code\` | what happened, one of the list below |
| \`status\` | as the HTTP status |
| \`title\` | what happened and what is safe, for the fan |
| \`detail\` | more, for whoever wrote the client; may be missing |
| \`retryAfterMs\` | where trying again by itself makes sense; also as \`Retry-After\`, in seconds |
| \`errors\` | places in what was sent: \`where\`, \`what\` |
| \`facts\` | what a page needs to go on: the taken seats, the limit, a reason |
`;

export function problemsPage(): string {
  const rows = Object.entries(problems).map(
    ([code, { status, title }]) => `| \`${code}\` | ${status} | ${title.en} | ${title.ko} |`,
  );
  return [intro, "| code | status | English | Korean |", "|---|---|---|---|", ...rows, ""].join(
    "\n",
  );
}

if (import.meta.main) await Bun.write("docs/problems.md", problemsPage());
