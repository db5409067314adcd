// The body of a join: at the opening the commonest that is read. The schema is the rule, and makes the
// words for whoever breaks it; a body that follows it plainly is seen to do so without it, at a tenth of
// the cost. The test throws bodies of every kind at both and wants the same of them.

import { z } from "zod";
import { type EntryId, parseId } from "../../foundation/ids.ts";
import { check, readAnyJson } from "../../http/read-body.ts";

const longest = { challenge: 256, nonce: 64, code: 100, identity: 300 } as const;

// Who somebody is has to be proved: the answer is the queue token of whoever has the place, so an identity
// that a stranger may simply name would hand over somebody else's.
export const joinSchema = z.object({
  entryId: z.string().transform((text, context): EntryId => {
    const id = parseId("entry", text);
    if (id !== undefined) return id;
    context.addIssue({ code: "custom", message: "must be qe_ and 22 letters or digits" });
    return z.NEVER;
  }),
  challenge: z.string().max(longest.challenge).optional(),
  nonce: z.string().max(longest.nonce).optional(),
  code: z.string().max(longest.code).optional(),
  identity: z.string().max(longest.identity).optional(),
});
export type JoinAsked = z.output<typeof joinSchema>;

/** Longer than an entry's id alone: whoever asks for the first time has no more to say. */
const longestFirstBody = 64;

/** Comes back with a challenge, as far as that can be seen without reading: refused, both were for nothing. */
export function bringsSomething(request: Request): boolean {
  return Number(request.headers.get("content-length")) > longestFirstBody;
}

export async function readJoin(request: Request): Promise<JoinAsked> {
  const body = await readAnyJson(request);
  return plainJoin(body) ?? check(joinSchema, body);
}

/** undefined: the schema decides. */
export function plainJoin(body: unknown): JoinAsked | undefined {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return undefined;
  const fields = body as Record<string, unknown>;
  const entryId = parseId("entry", fields["entryId"]);
  if (entryId === undefined) return undefined;
  const asked: JoinAsked = { entryId };
  for (const name in longest) {
    const field = name as keyof typeof longest;
    const value = fields[field];
    if (value === undefined) continue;
    if (typeof value !== "string" || value.length > longest[field]) return undefined;
    asked[field] = value;
  }
  return asked;
}
