// What shopping and paying share: telling of a hold, giving it back, and sending a request twice.

import type { HoldView } from "../../../wire/contract.ts";
import type { Answer, Ask } from "./browser.ts";
import { type Fan, insist, placeOf } from "./fan.ts";

export function tellHeld(fan: Fan, hold: HoldView, answer: Answer): void {
  const seats = hold.seats.map(({ seat }) => seat);
  fan.tell({ kind: "held", holdId: hold.holdId, seats, deadline: hold.deadline }, answer);
}

type Repeating = { path: string; ask: Ask; first: Answer; other: unknown };

/** M1: the same request again, with the same body or with another one. */
export async function repeat(fan: Fan, { path, ask, first, other }: Repeating): Promise<void> {
  if (fan.means.repeats === "never") return;
  const sameBody = fan.means.repeats === "same";
  const second = await insist(fan, path, sameBody ? ask : { ...ask, body: other });
  if (first.status === 0 || second.status === 0) return;
  fan.tell({ kind: "repeat", sameBody, first: effectOf(first), second: effectOf(second) }, second);
}

function effectOf({ status, problem, body }: Answer) {
  const named = body as { orderId?: string; holdId?: string } | undefined;
  const what = status < 300 ? (named?.orderId ?? named?.holdId) : undefined;
  return {
    status,
    ...(problem === undefined ? {} : { code: problem.code }),
    ...(what === undefined ? {} : { what }),
  };
}

export async function giveBack(fan: Fan, { holdId }: HoldView): Promise<void> {
  const answer = await insist(fan, placeOf(fan, "hold", { holdId }), { method: "DELETE" });
  fan.tell({ kind: "release", holdId }, answer);
}
