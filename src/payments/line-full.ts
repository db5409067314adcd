// More calls wait for a provider than it can take in a moment. The one that is refused here was never
// made, so nothing is unknown: its order stays where it is and is taken up again later (purchase/saga.ts),
// while the backlog slows the line of fans (ports/order-store.ts, `underWay`).

import { Fault } from "../foundation/fault.ts";

export function lineFull(where: string): Fault {
  return new Fault(
    "provider-line-full",
    `too many calls already wait for the provider (${where})`,
    {
      retryable: true,
    },
  );
}
