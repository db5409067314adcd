// The version of a performance's seats as the store has it, one field read.

import type { PerformanceId } from "../../../foundation/ids.ts";
import type { RedisClient } from "../connection.ts";
import { seatKeys } from "../keys.ts";

/** 0 where nothing is restored. */
export async function callSeatVersion(
  client: RedisClient,
  prefix: string,
  performanceId: PerformanceId,
): Promise<number> {
  return Number((await client.hget(seatKeys(prefix, performanceId)("meta"), "version")) ?? 0);
}
