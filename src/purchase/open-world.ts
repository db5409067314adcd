// Puts the world of a purchase together from open stores, a provider and the keys. For main files and
// tests; everything in it is a port.

import type { Clock } from "../foundation/clock.ts";
import type { OrderId } from "../foundation/ids.ts";
import type { Log } from "../foundation/log.ts";
import type { OrderStore } from "../ports/order-store.ts";
import type { PaymentGateway } from "../ports/payment-gateway.ts";
import { ticketsFor } from "../tickets/issue.ts";
import type { TicketSigner } from "../tickets/ticket-code.ts";
import { issueBatch } from "./issue-batch.ts";
import type { Tell } from "./tell.ts";
import { type PurchaseSpans, usualSpans, type World } from "./world.ts";

export function openWorld(parts: {
  store: OrderStore;
  gateway: PaymentGateway;
  clock: Clock;
  log: Log;
  tell: Tell;
  /** The key that tickets are signed with now: (await keys.signing("ticket")).signer. */
  ticketSigner: () => Promise<TicketSigner>;
  returnUrlOf: (orderId: OrderId) => string;
  spans?: PurchaseSpans;
}): World {
  const { ticketSigner, spans = usualSpans, ...rest } = parts;
  return {
    ...rest,
    spans,
    ticketsFor: ticketsFor(ticketSigner),
    issue: issueBatch(parts.store),
  };
}
