// What time it is for one call: the instant that the caller names, else the store's own clock.

import type { Clock } from "../../foundation/clock.ts";
import type { At } from "../../ports/queue-store.ts";
import { checkTime } from "../hot/limits.ts";

export function nowFor(options: At | undefined, clock: Clock): number {
  const now = options?.now ?? clock.now();
  checkTime("now", now);
  return now;
}
