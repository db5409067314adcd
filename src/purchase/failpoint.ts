// Named places between any two steps of a purchase or a refund at which a test may stop one, so that
// something can be killed while it stands exactly there. Nobody stops anything but in tests: without a `reach` in
// the world a place does nothing. The list of places is made from the table (failpointsOf in saga.ts),
// so that a new step is killed in the tests without a word.

import type { OrderId } from "../foundation/ids.ts";
import type { RefundId } from "../foundation/after-sale-ids.ts";

/** Waits as long as the order or the refund is to be stopped at the place. */
export type Reach<Id extends OrderId | RefundId = OrderId> = (
  place: string,
  id: Id,
) => Promise<void> | undefined;

export const reachNothing = () => undefined;
