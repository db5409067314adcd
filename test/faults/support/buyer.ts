// A fan's purchase in a process of its own, so that it can be killed: pays (if still a draft in time),
// proves the payment when asked, and drives the order with a completer and with `advance` at once, until
// it is at rest. USHER_FAILPOINT ends it at a named place. Prints the state it came to.
//
// Arguments (JSON): connectionString, sandbox folder and address, orderId, method.

import type { OrderId } from "../../../src/foundation/ids.ts";
import { silentLog } from "../../../src/foundation/log.ts";
import { readSandboxKeys } from "../../../src/payments/sandbox/keys.ts";
import type { Order } from "../../../src/ports/order-store.ts";
import { openRecords } from "../../../src/stores/open.ts";
import { startCompleter } from "../../../src/workers/completer.ts";
import { payAt } from "../../support/paying-fan.ts";
import { purchaseOf } from "../../support/purchase.ts";
import { type Dialect, gatewayFor } from "../../support/sandbox.ts";

export type BuyerArguments = {
  connectionString: string;
  dialect: Dialect;
  dataDir: string;
  address: string;
  orderId: OrderId;
  method: string | undefined;
  /** For a provider's own page. */
  card: string | undefined;
};

const given = JSON.parse(process.argv[2] ?? "{}") as BuyerArguments;
const { orderId } = given;
/** Shorter than a test's patience: the lease of a killed process has to lapse first. */
const spans = { leaseMs: 700, silenceMs: 60_000 };

const stores = await openRecords(given.connectionString, { poolSize: 4 });
const keys = await readSandboxKeys(given.dataDir);
const options = { callMs: 300, concurrency: 4 };
const gateway = gatewayFor(given.dialect, { address: given.address, keys }, options);
const purchase = purchaseOf(stores, gateway, { spans });
const { leaseMs } = spans;
const completer = startCompleter({
  store: stores.orders,
  purchase,
  log: silentLog,
  leaseMs,
  idleMs: 20,
});

if (given.method !== undefined) await purchase.pay(orderId, given.method);
const giveUpAt = Date.now() + 10_000;
let state = "";
while (Date.now() < giveUpAt) {
  const order = await stores.orders.find(orderId);
  state = order?.state ?? "none";
  const isAtRest = state === "draft" ? Date.now() < (order?.deadline ?? 0) : false;
  if (isAtRest || ["confirmed", "cancelled", "refunded", "stuck"].includes(state)) break;
  if (state === "requires-action" && order?.payment?.actionUrl !== undefined) {
    await prove(order, order.payment.actionUrl);
  }
  await purchase.advance(orderId);
  await Bun.sleep(20);
}
await purchase.idle();
await completer.stop();
await stores.close();
console.log(state);

async function prove(order: Order, actionUrl: string): Promise<void> {
  if (given.dialect === "sandbox") {
    const body = new URLSearchParams({ answer: "approve" });
    await fetch(actionUrl, { method: "POST", body, redirect: "manual" });
    return;
  }
  // As pages are: the order's page looks now and then while the fan is at the provider's.
  await purchase.advance(orderId);
  const back = await payAt(actionUrl, { card: given.card }, given);
  await purchase.returned(order, back.searchParams);
}
