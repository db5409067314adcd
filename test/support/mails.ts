// The mails of a test's shop, composed as the platform composes them.

import type { PostgresStores } from "../../src/stores/open.ts";
import { composeMails } from "../../src/tickets/compose-mail.ts";

export function composeFrom(stores: PostgresStores): ReturnType<typeof composeMails> {
  const { orders: store, refunds, catalog, ticketHolding: holding, keys } = stores;
  const signer = async () => (await keys.signing("ticket")).signer;
  return composeMails({ store, refunds, catalog, holding, signer, publicUrl: "http://shop.test" });
}
