// The canceller and the refunder of a worker, in a process of its own that ends itself as `kill -9` would:
// in the middle of a round of cancelling, once it has made so many refunds (`killedAfter`), or never.

import { silentLog } from "../../../src/foundation/log.ts";
import { readSandboxKeys } from "../../../src/payments/sandbox/keys.ts";
import { openRecords } from "../../../src/stores/open.ts";
import { cancelOnce } from "../../../src/workers/canceller.ts";
import { refundOnce } from "../../../src/workers/refunder.ts";
import { refundsOf } from "../../support/purchase.ts";
import { gatewayFor } from "../../support/sandbox.ts";

export type CancellerArguments = {
  connectionString: string;
  dataDir: string;
  address: string;
  killedAfter: number | undefined;
};

const given = JSON.parse(process.argv[2] ?? "{}") as CancellerArguments;
const stores = await openRecords(given.connectionString, { poolSize: 4 });
const keys = await readSandboxKeys(given.dataDir);
const target = { address: given.address, keys };
const gateway = gatewayFor("sandbox", target, { callMs: 300, concurrency: 4 });
const spans = { leaseMs: 500, silenceMs: 60_000 };
const refunds = refundsOf(stores, gateway, { spans });

let made = 0;
const store: Pick<typeof stores.refunds, "request"> = {
  async request(wanted) {
    const reply = await stores.refunds.request(wanted);
    if (++made === given.killedAfter) process.kill(process.pid, "SIGKILL");
    return reply;
  },
};
const { cancellations } = stores;
const giveUpAt = Date.now() + 20_000;
let quiet = 0;
while (quiet < 2 && Date.now() < giveUpAt) {
  const found = await cancelOnce({ cancellations, store, log: silentLog, batch: 5 });
  await refundOnce({ store: stores.refunds, refunds, log: silentLog, leaseMs: spans.leaseMs });
  const isIdle = found === 0 && (await cancellations.unanswered()) === 0;
  quiet = isIdle ? quiet + 1 : 0;
}
await stores.close();
console.log(made);
