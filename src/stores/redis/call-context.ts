// What every call of one opened store shares: how scripts run, how keys begin, which clock counts.

import type { Clock } from "../../foundation/clock.ts";
import type { At } from "../../ports/queue-store.ts";
import { checkTime } from "../hot/limits.ts";
import type { Run } from "./runner.ts";

export type CallContext = {
  run: Run;
  prefix: string;
  /** '' leaves the instant to Redis, so that every process goes by one clock. */
  nowFor(options: At | undefined): number | "";
};

export function callContext(run: Run, prefix: string, clock: Clock | undefined): CallContext {
  return {
    run,
    prefix,
    nowFor(options) {
      const now = options?.now ?? clock?.now();
      if (now === undefined) return "";
      checkTime("now", now);
      return now;
    },
  };
}
