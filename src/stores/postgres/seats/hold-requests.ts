// Requests for seats and what they were answered, by owner and idempotency key. Read and written in
// the transaction of the claim, under the owner's lock, so that of two processes with one request the
// second finds what the first has done.

import type { EntryId } from "../../../foundation/ids.ts";
import type { AnsweredHold, SeatClaim } from "../../../ports/seat-claims.ts";
import type { Hold } from "../../../ports/seat-store.ts";
import { type Runner, statement } from "../database.ts";

const read = statement(
  "hold-requests-read",
  `select h.owner, h.idempotency_key as key, h.body_hash as "bodyHash", h.hold
   from unnest($1::text[], $2::text[]) as r (owner, key)
   join hold_requests h on h.owner = r.owner and h.idempotency_key = r.key`,
);

type Row = AnsweredHold & { owner: EntryId; key: string };

/** Whose request, and which; a claim is one. */
type Asked = Pick<SeatClaim, "owner" | "request">;
export type Named<Claim> = Claim & Required<Pick<SeatClaim, "request">>;

const nameOf = (owner: string, key: string) => `${owner} ${key}`;
export const isNamed = <Claim extends Asked>(claim: Claim): claim is Named<Claim> =>
  claim.request !== undefined;

export async function readAnswered(
  runner: Runner,
  claims: readonly Asked[],
): Promise<(asked: Asked) => AnsweredHold | undefined> {
  const asked = claims.filter(isNamed);
  if (asked.length === 0) return () => undefined;
  const rows = await runner.rows<Row>(read, [
    asked.map(({ owner }) => owner),
    asked.map(({ request }) => request.key),
  ]);
  const known = new Map(rows.map((row) => [nameOf(row.owner, row.key), row]));
  return ({ owner, request }) => request && known.get(nameOf(owner, request.key));
}

/** Owner, key, hash and answer of those that have a name, as columns. */
export function answeredColumns(winners: readonly SeatClaim[]): string[][] {
  const answered = winners.filter(isNamed);
  return [
    answered.map(({ owner }) => owner),
    answered.map(({ request }) => request.key),
    answered.map(({ request }) => request.bodyHash),
    answered.map((claim) => JSON.stringify(holdOf(claim))),
  ];
}

function holdOf({ holdId, owner, seats, heldAt, deadline }: SeatClaim): Hold {
  return { holdId, owner, seats: [...seats], heldAt, deadline };
}
