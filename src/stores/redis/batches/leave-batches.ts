// Fans who leave the shop, gathered into script calls: whoever buys gives the place to the next one, so at
// a peak they leave as fast as orders are issued.

import type { StaleEpoch } from "../../../ports/queue-store.ts";
import type { EntryId } from "../../../foundation/ids.ts";
import { type Batches, batches } from "./batches.ts";
import type { LineCall } from "../scripts/calls.ts";
import { leaveShop } from "../scripts/line/leave-shop.ts";

type Reply = StaleEpoch | { kind: "left" };

export function leaveBatches(): Batches<LineCall, EntryId, Reply> {
  return batches<LineCall, EntryId, Reply>({
    most: 200,
    weigh: () => 1,
    mostWeight: 200,
    async send(call, entries) {
      const reply = await leaveShop(call, entries);
      return entries.map(() => () => reply);
    },
  });
}
