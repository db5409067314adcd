// P7: orders a second through the real stores and the real saga, from the draft to the signed tickets,
// with every row written, the hot store told and the fan's place given on ÷ pgbench with the same SQL.
//
// Our own part is measured with a provider that answers at once, in the process: a gateway behind the
// port that says yes. Beside it, the same orders paid at the sandbox provider, a process of its own that
// keeps its ledger on disk and takes its share of the two cores. pgbench runs the statements of the
// stores themselves (pgbench.ts), once for a hundred orders at a time, as the stores' batches are, and
// once order by order, as a shop without batches would; and in batches with the foreign keys that the
// schema does without (foreign-keys.ts).

import { openSaga } from "../../src/cli/roles/paying.ts";
import { assert } from "../../src/foundation/assert.ts";
import { systemClock } from "../../src/foundation/clock.ts";
import type { OrderId } from "../../src/foundation/ids.ts";
import { silentLog } from "../../src/foundation/log.ts";
import type { OrderStore } from "../../src/ports/order-store.ts";
import type { PaymentGateway } from "../../src/ports/payment-gateway.ts";
import { openEpochs } from "../../src/stores/epochs.ts";
import { openRebuilder } from "../../src/workers/rebuilder.ts";
import type { Bench } from "../support/bench.ts";
import { type Installation, openInstallation } from "../support/installation.ts";
import { callsPerSec } from "../support/load.ts";
import { withForeignKeys } from "./foreign-keys.ts";
import { instantGateway } from "./instant-gateway.ts";
import { pgbench } from "./pgbench.ts";
import { openProvider } from "./provider.ts";
import { newOrderOf, setStage } from "./stage.ts";

const orders = 8_000;
/** They take several times as long. */
const ordersSingly = 2_000;
/** The provider is what is measured then, and it is slower. */
const ordersAtProvider = 1_000;
const inFlight = 512;
/** What the stores put into one transaction at most. */
const batch = 100;

export const ordersWritten: Bench = {
  id: "p7",
  what: "orders from the draft to the tickets, against pgbench with the same SQL",
  figures: {
    orders: "orders/s, provider in the process",
    pgbench: `orders/s, pgbench, ${batch} orders a batch`,
    withKeys: `orders/s, pgbench, ${batch} orders a batch, with the foreign keys that are not there`,
    pgbenchSingly: "orders/s, pgbench, order by order",
    atProvider: "orders/s, paid at the sandbox provider's process",
  },
  goals: [
    { what: "orders/s", of: "orders", atLeast: 5_000 },
    { what: "orders ÷ pgbench, order by order", of: "orders", over: "pgbenchSingly", atLeast: 0.7 },
    {
      what: `orders ÷ pgbench in batches of ${batch}`,
      of: "orders",
      over: "pgbench",
      atLeast: 0.7,
    },
  ],
  async open({ keep }) {
    const installation = await openInstallation();
    const provider = await openProvider();
    const yardstick = async (count: number, size: number, clients: number) => {
      const stage = await setStage(installation, count);
      const load = { orders: count, batch: size, clients, keep };
      return await pgbench(installation.connectionString, stage, load);
    };
    return {
      sides: [
        async () => ({
          orders: await ordersPerSec(installation, instantGateway, { orders, method: "tok" }),
        }),
        async () => ({ pgbench: await yardstick(orders, batch, 2) }),
        async () => ({
          withKeys: await withForeignKeys(installation.connectionString, () =>
            yardstick(orders, batch, 2),
          ),
        }),
        async () => ({ pgbenchSingly: await yardstick(ordersSingly, 1, 16) }),
        async () => {
          const load = { orders: ordersAtProvider, method: provider.method };
          return { atProvider: await ordersPerSec(installation, provider.gateway, load) };
        },
      ],
      notes: () => [
        `${inFlight} orders in flight, in one process that is load generator, box office and worker in one, without HTTP; it takes one core, PostgreSQL and Redis share the other`,
        "pgbench holds 2 connections in batches and 16 order by order, and takes next to nothing of the machine itself",
        "two seats an order; their holds are made beforehand",
      ],
      async close() {
        await provider.close();
        await installation.close();
      },
    };
  },
};

async function ordersPerSec(
  { postgres, redis, ...installation }: Installation,
  gateway: PaymentGateway,
  { orders: count, method }: { orders: number; method: string },
): Promise<number> {
  const { catalog, lineRecords: records, seatClaims: claims, alone } = postgres;
  const log = silentLog;
  const rebuild = openRebuilder({ hot: redis.store, catalog, records, claims, alone, log });
  const epochs = openEpochs({ catalog, records, onStale: rebuild });
  const stage = await setStage({ postgres, redis, ...installation }, count);
  // What the fans hold is in the hot store, as after any rebuild.
  await epochs.seats(stage.performanceId, (scope) => redis.store.seats.counts(scope));
  await epochs.queue(stage.onSaleId, (scope) => redis.store.queue.counts(scope));

  const issued = new Map<OrderId, () => void>();
  const store: OrderStore = {
    ...postgres.orders,
    async issue(leased, tickets, answer) {
      const reply = await postgres.orders.issue(leased, tickets, answer);
      assert(reply.kind === "issued", `an order was ${reply.kind}`);
      issued.get(leased.order.orderId)?.();
      return reply;
    },
  };
  const purchase = openSaga(
    {
      stores: { postgres: { ...postgres, orders: store }, hot: redis.store, epochs },
      origins: { gateway: "http://gateway.test", shop: "http://shop.test" },
      clock: systemClock,
      log,
    },
    gateway,
  );
  const startedAt = performance.now();
  await callsPerSec(count, inFlight, async (nth) => {
    const order = newOrderOf(stage, nth);
    const done = new Promise<void>((resolve) => issued.set(order.orderId, resolve));
    const made = await store.create(order);
    assert(made.kind === "created", `a draft was ${made.kind}`);
    const paying = await purchase.pay(made.order, method);
    assert(paying.kind === "paying", `a payment was ${paying.kind}`);
    await done;
    issued.delete(order.orderId);
  });
  // Until everybody has been told as well.
  await purchase.idle();
  const perSec = (count / (performance.now() - startedAt)) * 1_000;
  const left = await postgres.orders.backlog(stage.performanceId);
  assert(
    Object.values(left).every((some) => some === 0),
    `orders are left: ${JSON.stringify(left)}`,
  );
  return perSec;
}
