// `kill -9` of one of several: what was acknowledged stays, what was under way is finished by another.

import { beforeAll, expect, test } from "bun:test";
import type { OnSale } from "../../src/ports/catalog.ts";
import { killed, oneOf, type TestCluster, testCluster } from "../support/cluster.ts";
import { cardToken, type Fan, fresh } from "../support/fan-client.ts";
import { until } from "../support/until.ts";

let cluster: TestCluster;
let onSale: OnSale;
beforeAll(async () => {
  cluster = await testCluster();
  onSale = await cluster.sell();
}, 90_000);

const slowCard = "4000000000005126";
const arrive = (count: number) =>
  Promise.all(Array.from({ length: count }, () => cluster.arrive(onSale.onSaleId)));

/** As a browser does when a connection breaks: the same request once more. */
async function stubborn<Reply>(ask: () => Promise<Reply>): Promise<Reply> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries >= 20) throw error;
      await Bun.sleep(50);
    }
  }
}

async function confirmedOnce(fan: Fan, orderId: string): Promise<void> {
  await until(
    `order ${orderId} to be confirmed`,
    async () => (await stubborn(() => fan.look(orderId))).state === "confirmed",
    // Whoever had it in hand had a lease on it, which must lapse before another takes it.
    45_000,
  );
  const captures = await cluster.rows("select state from payments where order_id = $1", [orderId]);
  expect(captures).toEqual([{ state: "captured" }]);
}

test("[S13] a box office with holds and payments under way", async () => {
  const [holder, ...payers] = await arrive(7);
  if (holder === undefined) throw new Error("seven fans");
  const hold = await holder.hold({ seats: [0, 1] });
  expect(hold.status).toBe(201);
  // Several at once, so that each box office has some of them.
  const orders = await Promise.all(
    payers.map(async (fan, nth) => {
      const held = await fan.hold({ seats: [10 + nth] });
      const card = await cardToken(cluster.paymentsOrigin, slowCard);
      const made = await fan.order(held.body.holdId, card);
      expect(made.body.state).toBe("authorizing");
      return { fan, orderId: made.body.orderId };
    }),
  );
  // One more is being taken at the very moment: its answer may be lost, its repeat is the same hold.
  const [racer] = await arrive(1);
  const key = fresh();
  const race = stubborn(() => (racer as Fan).hold({ bestAvailable: { count: 2 } }, key));
  const back = killed(oneOf(cluster, "box-office 1"));
  const raced = await race;
  expect(raced.status).toBe(201);
  const owned = await stubborn(() => (racer as Fan).held());
  expect(owned?.seats).toEqual(raced.body.seats);

  const kept = await stubborn(() => holder.held());
  expect([kept?.holdId, kept?.deadline]).toEqual([hold.body.holdId, hold.body.deadline]);
  await Promise.all(orders.map(({ fan, orderId }) => confirmedOnce(fan, orderId)));
  await back;
}, 90_000);

test("a worker, while an order waits for its mail", async () => {
  const [fan] = await arrive(1);
  if (fan === undefined) throw new Error("a fan");
  const hold = await fan.hold({ seats: [30] });
  const made = await fan.order(hold.body.holdId, await cardToken(cluster.paymentsOrigin, slowCard));
  await Promise.all(["worker 1", "worker 2"].map((name) => killed(oneOf(cluster, name))));
  await confirmedOnce(fan, made.body.orderId);
  const owed = () =>
    cluster.rows("select 1 from outbox where sent_at is null and payload ->> 'orderId' = $1", [
      made.body.orderId,
    ]);
  await until("the mail to be sent", async () => (await owed()).length === 0, 70_000);
}, 120_000);
