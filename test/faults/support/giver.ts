// A refund in a process of its own, so that it can be killed: asks for it (if it was not asked for yet)
// and drives it, with a refunder beside, until it is at rest. It ends itself as `kill -9` would at
// the place that it is given. Prints the state it came to.

import type { OrderId } from "../../../src/foundation/ids.ts";
import { silentLog } from "../../../src/foundation/log.ts";
import { newRefundId } from "../../../src/foundation/after-sale-ids.ts";
import { readSandboxKeys } from "../../../src/payments/sandbox/keys.ts";
import { openRecords } from "../../../src/stores/open.ts";
import { refundOnce } from "../../../src/workers/refunder.ts";
import { refundsOf } from "../../support/purchase.ts";
import { type Dialect, gatewayFor } from "../../support/sandbox.ts";

export type GiverArguments = {
  connectionString: string;
  dialect: Dialect;
  dataDir: string;
  address: string;
  orderId: OrderId;
  seat: number;
  killedAt: string | undefined;
};

const given = JSON.parse(process.argv[2] ?? "{}") as GiverArguments;
const { orderId, seat } = given;
/** Shorter than a test's patience: the lease of a killed process has to lapse first. */
const spans = { leaseMs: 500, silenceMs: 60_000 };

const stores = await openRecords(given.connectionString, { poolSize: 4 });
const keys = await readSandboxKeys(given.dataDir);
const options = { callMs: 300, concurrency: 4 };
const gateway = gatewayFor(given.dialect, { address: given.address, keys }, options);
const reach = (place: string) => {
  if (place === given.killedAt) process.kill(process.pid, "SIGKILL");
  return undefined;
};
const refunds = refundsOf(stores, gateway, { spans, reach });

const reply = await refunds.request({
  refundId: newRefundId(),
  orderId,
  seats: [seat],
  feePerTicket: 6_000,
  by: { kind: "fan" },
  reason: "cannot come",
  seatsGo: "to-sale",
  idempotencyKey: `give back ${seat}`,
  bodyHash: "0",
});
if (reply.kind !== "requested" && reply.kind !== "repeated") throw new Error(reply.kind);
const { refundId } = reply.refund;
const giveUpAt = Date.now() + 10_000;
let state = "";
const again = process.argv[3] === "again";
while (Date.now() < giveUpAt) {
  await refunds.idle();
  await refundOnce({ store: stores.refunds, refunds, log: silentLog, leaseMs: spans.leaseMs });
  state = (await stores.refunds.find(refundId))?.state ?? "none";
  if (state === "refunded") break;
  if (state === "stuck") {
    if (!again) break;
    // Whoever was killed may have it leased still; a person presses again.
    await refunds.advance(refundId);
  }
  await Bun.sleep(20);
}
await refunds.idle();
await stores.close();
console.log(state);
