// One round: orders are brought to every place at which they may stand, at once; somebody is killed;
// whoever lives, or comes after, brings all of them to a good end. In one round a few dozen orders go
// through one kill, which is what makes the whole matrix quick.

import { join } from "node:path";
import type { OrderId } from "../../../src/foundation/ids.ts";
import { silentLog } from "../../../src/foundation/log.ts";
import type { Order } from "../../../src/ports/order-store.ts";
import { startCompleter } from "../../../src/workers/completer.ts";
import type { KillablePostgres } from "../../support/killable-postgres.ts";
import { until } from "../../support/until.ts";
import { purchaseOf, type Shop } from "../../support/purchase.ts";
import { type Dialect, gatewayFor, startSandbox } from "../../support/sandbox.ts";
import { type Fan, shop as shopFor } from "./fan.ts";
import { first, type KillPoint, killPoints, type Victim } from "./kill-points.ts";
import type { ProcessArguments } from "./killed-process.ts";
import { stopOrders, type Stops } from "./stops.ts";

export type Buying = { order: Order; point: KillPoint; fan: Fan };
export type Place = { shop: Shop; dialect: Dialect; postgres: KillablePostgres };

const program = join(import.meta.dir, "killed-process.ts");
/** Longer than a round: a dead process's leases lapse when the test says so. */
const leaseMs = 60_000;
const spans = { leaseMs, silenceMs: 60_000 };

export async function killRound(place: Place, victim: Victim): Promise<Buying[]> {
  const buyings = await Promise.all(
    killPoints(place.dialect, victim).map((point) => begin(place, point)),
  );
  if (victim === "box office" || victim === "worker") await killUsher(place, victim, buyings);
  else await killOther(place, victim, buyings);
  return buyings;
}

async function begin({ shop, dialect }: Place, point: KillPoint): Promise<Buying> {
  const { way, conduct } = point;
  const order = await shop.draft({ holdMs: 120_000 });
  const { orderId } = order;
  if (way.unpaid) await endHold(shop, order);
  if (way.impossible) await plantTicket(shop, order);
  const paid = dialect === "sandbox" ? await shop.sandbox.card(way.card) : "hosted";
  for (const weather of way.weather ?? [])
    await shop.sandbox.behave({ ...weather, order: orderId });
  if (conduct !== undefined)
    await shop.sandbox.behave({ operation: way.asks, conduct, order: orderId });
  const method = way.unpaid ? undefined : paid;
  const isAway = point.stop?.place.endsWith("look-for-proof") ?? false;
  return { order, point, fan: { orderId, card: way.card, method, isAway } };
}

/** The process dies with its orders in hand; the other role lives, and another worker finishes. */
async function killUsher(place: Place, role: "box office" | "worker", buyings: Buying[]) {
  const { shop, dialect } = place;
  const { sandbox, stores } = shop;
  const given: ProcessArguments = {
    ...{ role, dialect, leaseMs, connectionString: shop.connectionString },
    ...{ dataDir: sandbox.dataDir, address: sandbox.address },
    fans: buyings.map(({ fan }) => fan),
    stops: stopsOf(buyings),
  };
  const child = Bun.spawn([process.execPath, program, JSON.stringify(given)], {
    ...{ stdin: "pipe", stdout: "pipe", stderr: "inherit" },
  });
  const stopped = new Set<OrderId>();
  void readLines(child.stdout, (line) => stopped.add(line as OrderId));
  const living = new AbortController();
  if (role === "worker") void sellWithoutWorking(place, buyings, living.signal);
  try {
    await allStopped(place, buyings, stopped);
    await whileCommitting(place, buyings, {
      commit: () => {
        void child.stdin.write("commit\n");
        void child.stdin.flush();
      },
      async kill() {
        child.kill("SIGKILL");
        await child.exited;
      },
    });
  } finally {
    living.abort();
    child.kill("SIGKILL");
  }
  await lapse(shop, 0);
  const { purchase } = shop;
  const completer = startCompleter({
    ...{ store: stores.orders, purchase, log: silentLog, leaseMs: 10_000, idleMs: 20 },
  });
  try {
    await finish(place, buyings, { purchase, look: stores.orders.nudge });
  } finally {
    await completer.stop();
  }
}

/** A box office that never gets further than the first place: the work is left to the worker. */
async function sellWithoutWorking({ shop, dialect }: Place, buyings: Buying[], until: AbortSignal) {
  const { stores, sandbox } = shop;
  const purchase = purchaseOf(stores, sandbox.gateway, {
    spans: { ...spans, leaseMs: 1 },
    reach: (place) => (place.endsWith(first) ? undefined : new Promise(() => {})),
  });
  const { address } = sandbox;
  const selling = { orders: stores.orders, purchase, dialect, address };
  const look = stores.orders.nudge;
  await Promise.all(
    buyings.map(({ fan }) => shopFor({ ...selling, look }, fan, () => until.aborted)),
  );
}

/** PostgreSQL or the provider dies; box office and worker live through it. */
async function killOther(place: Place, victim: "PostgreSQL" | "provider", buyings: Buying[]) {
  const { shop, dialect, postgres } = place;
  const { stores, sandbox } = shop;
  const { address, keys } = sandbox;
  const stopped = new Set<OrderId>();
  const stops = stopOrders(stopsOf(buyings), stores.orders, (orderId) => stopped.add(orderId));
  const gateway = gatewayFor(dialect, { address, keys }, { callMs: 20_000, concurrency: 100 });
  const purchase = purchaseOf(stores, gateway, { spans, ...stops.world });
  const selling = new AbortController();
  const fans = buyings.map(({ fan }) =>
    shopFor(
      { orders: stores.orders, purchase, dialect, address, look: purchase.advance },
      fan,
      () => selling.signal.aborted,
    ),
  );
  let completer: ReturnType<typeof startCompleter> | undefined;
  try {
    await allStopped(place, buyings, stopped);
    if (victim === "PostgreSQL")
      await whileCommitting(place, buyings, {
        commit: stops.commit,
        kill: async () => (await postgres.kill()).back,
      });
    else {
      await sandbox.kill();
      const port = Number(new URL(address).port);
      shop.sandbox = await startSandbox({ dataDir: sandbox.dataDir, dialect, port });
    }
    stops.letGo();
    completer = startCompleter({
      ...{ store: stores.orders, purchase, log: silentLog, leaseMs, idleMs: 20 },
    });
    await shop.sandbox.calm();
    await finish(place, buyings, { purchase, look: purchase.advance });
  } finally {
    selling.abort();
    stops.letGo();
    await Promise.all(fans);
    await completer?.stop();
  }
}

const stopsOf = (buyings: readonly Buying[]): Stops =>
  buyings.flatMap(({ order, point: { stop } }) =>
    stop === undefined ? [] : [[order.orderId, stop] as const],
  );

async function allStopped({ shop }: Place, buyings: Buying[], stopped: ReadonlySet<OrderId>) {
  let missing: Buying[] = [];
  const isThere = async () => {
    const coming = await shop.sandbox.rules();
    missing = buyings.filter(({ order: { orderId }, point: { stop, conduct } }) =>
      stop === undefined
        ? coming.some((rule) => rule.order === orderId && rule.conduct === conduct)
        : !stopped.has(orderId),
    );
    return missing.length === 0;
  };
  await until("all places", isThere, 25_000).catch(async () => {
    const still = missing.map(async ({ order, point }) => {
      const { state, payment, reason } = await shop.find(order.orderId);
      return `${point.name} (is ${state}, ${payment?.state}, ${reason})`;
    });
    throw new Error(`no order came to: ${(await Promise.all(still)).join("; ")}`);
  });
}

/** Transactions wait inside PostgreSQL for a table that somebody has locked, and the kill comes then. */
async function whileCommitting(
  { shop }: Place,
  buyings: Buying[],
  { commit, kill }: { commit(): void; kill(): Promise<unknown> },
): Promise<void> {
  if (!buyings.some(({ point }) => point.stop?.next === "commits"))
    throw new Error("nothing commits");
  const lock = await shop.database.connect();
  lock.on("error", () => {});
  await lock.query("begin; lock table orders in exclusive mode");
  commit();
  await until("a transaction under way", async () => {
    const { rows } = await shop.database.query<{ waiting: number }>(
      `select count(*)::int as waiting from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return (rows[0]?.waiting ?? 0) > 0;
  });
  await kill();
  lock.release(true);
}

/**
 * Whoever had a lease longer than that is dead or has put the order down. Orders are locked in order of
 * their ids, as the saga's groups lock them, so that neither waits for the other in a circle.
 */
async function lapse(shop: Shop, afterMs: number): Promise<void> {
  await shop.database.query(
    `update orders set lease_until = 0 where order_id in (
       select order_id from orders where lease_until between 1 and now_ms() + $1::bigint
       order by order_id for update)`,
    [leaseMs - afterMs],
  );
}

/** Fans look and press again, leases lapse in time, until every order is where its way ends. */
async function finish(
  place: Place,
  buyings: Buying[],
  { purchase, look }: Pick<Parameters<typeof shopFor>[0], "purchase" | "look">,
) {
  const { shop, dialect } = place;
  const { address } = shop.sandbox;
  for (const { fan } of buyings) fan.isAway = false;
  let gaveUp = false;
  const ending = Promise.all(
    buyings.map(({ fan, point: { way } }) =>
      shopFor(
        { orders: shop.stores.orders, purchase, dialect, address, look },
        fan,
        ({ state, attempt }) => gaveUp || (state === way.ends && (attempt > 0 || !!way.unpaid)),
      ),
    ),
  );
  const lapsing = setInterval(() => void lapse(shop, 1_500).catch(() => {}), 500);
  const patience = setTimeout(() => (gaveUp = true), 30_000);
  await ending;
  clearTimeout(patience);
  clearInterval(lapsing);
}

/** As though its time had passed. */
async function endHold(
  { database }: Shop,
  { orderId, performanceId, lines }: Order,
): Promise<void> {
  await database.query(
    "update orders set deadline = now_ms() - 1, due_at = now_ms() - 1 where order_id = $1",
    [orderId],
  );
  await database.query(
    `update seat_claims set deadline = now_ms() - 1, fence = fence + 1
     where performance_id = $1 and seat = any ($2::integer[])`,
    [performanceId, lines.map(({ seat }) => seat)],
  );
}

async function plantTicket(shop: Shop, order: Order): Promise<void> {
  const other = await shop.draft({ count: 1 });
  await shop.database.query(
    `insert into tickets (ticket_id, order_id, performance_id, seat, code)
     values ($4, $1, $2, $3, $4)`,
    [other.orderId, order.performanceId, order.lines[0]?.seat, `planted-${order.orderId}`],
  );
}

async function readLines(stream: ReadableStream<Uint8Array>, each: (line: string) => void) {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) each(line);
  }
}
