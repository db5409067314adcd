// Notices as text on a channel. Seat changes are told by scripts, short: "version change,change,…"
// with a change being seat × 4 + two-bit state; everything else is the notice as JSON. "?" asks
// nothing of anybody: it only shows that the channel is heard (notice-bus.ts).

import type { PerformanceId, SeatNumber } from "../../../foundation/ids.ts";
import type { Notice } from "../../../ports/notice-bus.ts";

export const probe = "?";

export type Told =
  | { kind: "probe" }
  | { kind: "changes"; version: number; changes: [SeatNumber, number][] }
  | { kind: "notice"; notice: Notice };

/** undefined: not from us. */
export function noticeFrom(text: string): Told | undefined {
  if (text === probe) return { kind: "probe" };
  if (text.startsWith("{")) return { kind: "notice", notice: JSON.parse(text) as Notice };
  const [version = "", changes = ""] = text.split(" ");
  if (!/^\d+$/.test(version)) return undefined;
  const numbers = changes === "" ? [] : changes.split(",").map(Number);
  const pairs = numbers.map((change): [SeatNumber, number] => [change >> 2, change & 3]);
  return { kind: "changes", version: Number(version), changes: pairs };
}

export function textOf(notice: Notice): string {
  return JSON.stringify(notice);
}

export function seatsNotice(
  performanceId: PerformanceId,
  { version, changes }: { version: number; changes: [SeatNumber, number][] },
): Notice {
  return { kind: "seats", performanceId, version, changes };
}
