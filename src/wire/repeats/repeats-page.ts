// docs/repeats.md, written from the table of repeats. `bun src/wire/repeats/repeats-page.ts` writes it again; a
// test compares.

import { repeats } from "./repeats.ts";
import { type Route, routes } from "../routes.ts";

const intro = `# Sending a request again

Written from \`src/wire/repeats/repeats.ts\` by \`bun src/wire/repeats/repeats-page.ts\`; do not edit by hand.

An answer can be lost on its way. Every request that changes something may therefore be sent again, with the same body: either it takes an \`Idempotency-Key\`, or a repeat is the same thing by its nature.

Keys are as in draft-ietf-httpapi-idempotency-key-header: 8 to 255 visible ASCII characters, made by whoever asks (a random UUID is good), one for each wish. They belong to the caller: another fan's or operator's same key is another key.

| | answer |
|---|---|
| no key where one is needed | 400 \`idempotency-key-missing\` |
| the same key and body | the same status and the same body (an order as it stands now), no second effect; at any process, after any restart |
| the same key, another body | 422 \`idempotency-key-reused\` |
| its first request is still under way | what it is answered; or 409 \`idempotency-key-busy\` with \`Retry-After\`: send it again then |
| the first one was refused | nothing was changed, and nothing is kept: it is tried anew |

What was answered is kept in PostgreSQL in the transaction of its effect, so that there is no effect without its answer and no answer without its effect. Keys and answers that hold secrets are kept as a hash and sealed with the key itself.
`;

export function repeatsPage(): string {
  const rows = Object.entries(repeats).map(([name, repeat]) => {
    const [method, route] = name.split(" ") as [string, Route];
    const says = repeat.takes === "key" ? `**key**, kept ${repeat.kept}` : repeat.because;
    return `| \`${method} ${routes[route]}\` | ${says} |`;
  });
  return [intro, "| request | sent again |", "|---|---|", ...rows, ""].join("\n");
}

if (import.meta.main) await Bun.write("docs/repeats.md", repeatsPage());
