// A fan's purchase in a process of its own, so that it can be killed: pays (if still a draft in time),
// proves the payment when asked, and drives the order with a completer and with `advance` at once, until
// it is at rest. USHER_FAILPOINT ends it at a named place. Prints the state it came to.
//
// Arguments (JSON): connectionString, sandbox folder and address, orderId, method.

import type { OrderId } from "../../../src/foundation/ids.ts";
import { silentLog } from "../../../src/foundation/log.ts";
import { readSandboxKeys } from "../../../src/payments/sandbox/keys.ts";
import { sandboxGateway } from "../../../src/payments/sandbox/sandbox-gateway.ts";
import { openRecords } from "../../../src/stores/open.ts";
import { startCompleter } from "../../../src/workers/completer.ts";
import { purchaseOf } from "../../support/purchase.ts";

export type BuyerArguments = {
  connectionString: string;
  dataDir: string;
  address: string;
  orderId: OrderId;
  method: string | undefined;
};

const given = JSON.parse(process.argv[2] ?? "{}") as BuyerArguments;
const { orderId } = given;
/** Shorter than a test's patience: the lease of a killed process has to lapse first. */
const spans = { leaseMs: 700, silenceMs: 60_000 };

const stores = await openRecords(given.connectionString, { poolSize: 4 });
const gateway = sandboxGateway({
  address: given.address,
  ...(await readSandboxKeys(given.dataDir)),
  callMs: 300,
  concurrency: 4,
  now: Date.now,
});
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
    const body = new URLSearchParams({ answer: "approve" });
    await fetch(order.payment.actionUrl, { method: "POST", body, redirect: "manual" });
  }
  await purchase.advance(orderId);
  await Bun.sleep(20);
}
await purchase.idle();
await completer.stop();
await stores.close();
console.log(state);
