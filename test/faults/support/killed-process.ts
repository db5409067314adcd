// A box office or a worker in a process of its own, so that it can be killed. The box office pays for
// its fans and goes on with their orders as far as it can; the worker takes what is due, as the
// completer does. Each order is stopped at its place, which is told on a line of output; what stops
// before its commit goes on at a line of input.
//
// Argument (JSON): see ProcessArguments.

import { silentLog } from "../../../src/foundation/log.ts";
import { readSandboxKeys } from "../../../src/payments/sandbox/keys.ts";
import { openRecords } from "../../../src/stores/open.ts";
import { startCompleter } from "../../../src/workers/completer.ts";
import { purchaseOf } from "../../support/purchase.ts";
import { type Dialect, gatewayFor } from "../../support/sandbox.ts";
import { type Fan, shop } from "./fan.ts";
import { stopOrders, type Stops } from "./stops.ts";

export type ProcessArguments = {
  role: "box office" | "worker";
  connectionString: string;
  dialect: Dialect;
  dataDir: string;
  address: string;
  fans: readonly Fan[];
  stops: Stops;
  leaseMs: number;
};

const given = JSON.parse(process.argv[2] ?? "{}") as ProcessArguments;
const { dialect, address, leaseMs, fans } = given;
const stores = await openRecords(given.connectionString, { poolSize: 8 });
const keys = await readSandboxKeys(given.dataDir);
const gateway = gatewayFor(dialect, { address, keys }, { callMs: 20_000, concurrency: 100 });
const stops = stopOrders(given.stops, stores.orders, (orderId) => console.log(orderId));
const spans = { leaseMs, silenceMs: 60_000 };
const purchase = purchaseOf(stores, gateway, { spans, ...stops.world });

if (given.role === "worker")
  // A completer waits for all that it has taken: one for each, or the first place stops them all.
  for (const _fan of fans)
    startCompleter({
      ...{ store: stores.orders, purchase, log: silentLog, leaseMs },
      ...{ atOnce: 1, idleMs: 100 },
    });
else
  for (const fan of fans)
    void shop(
      { orders: stores.orders, purchase, dialect, address, look: purchase.advance },
      fan,
      () => false,
    );
for await (const _line of console) stops.commit();
