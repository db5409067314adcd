// `kill -9` of the whole platform in the middle of a sale, started again on the same folder: every
// place, admission, session, acknowledged hold, order and ticket is still there, and no index is
// handed out twice. Durability is on here; nothing but the data folder is carried over.

import { afterAll, beforeAll, expect, test } from "bun:test";
import pg from "pg";
import type { OnSaleId } from "../../src/foundation/ids.ts";
import type { Joined, OnSaleView, Status } from "../../src/wire/contract.ts";
import { cardToken, type Fan, frontierOf, newFan, type Reply } from "../support/fan-client.ts";
import { opened } from "../support/platform.ts";
import { until } from "../support/until.ts";
import { leftBehind, removeFolder, scratchFolder, serve, type Served } from "../support/served.ts";

const waiters = 60;
let dataDir: string;
let usher: Served;
let onSaleId: OnSaleId;

beforeAll(async () => {
  dataDir = await scratchFolder();
  usher = await serve(dataDir, ["--demo-opens-in", "1"]);
  const body = (await (await fetch(`${usher.origin}/api/on-sales`)).json()) as {
    onSales: OnSaleView[];
  };
  onSaleId = body.onSales[0]?.onSaleId as OnSaleId;
  await opened(usher.origin, onSaleId);
}, 60_000);
afterAll(async () => {
  await usher?.stop();
  expect(await leftBehind(dataDir)).toEqual([]);
  await removeFolder(dataDir);
}, 60_000);

const statusOf = (fan: Fan): Promise<Reply<Status>> =>
  fan.ask("status", { headers: { authorization: `Bearer ${fan.queueToken}` } });

/** The same fan, talking to the platform that runs now. */
function again(fan: Fan): Fan {
  const next = newFan(usher.origin, onSaleId);
  next.entryId = fan.entryId;
  next.queueToken = fan.queueToken;
  next.admissionToken = fan.admissionToken;
  next.nonce = fan.nonce;
  for (const [name, value] of fan.cookies) next.cookies.set(name, value);
  return next;
}

async function rows<Row>(sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: await usher.connectionString() });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows as Row[];
  } finally {
    await client.end();
  }
}

test("[S13] what was acknowledged before is there afterwards", async () => {
  const [shopper, buyer, payer] = await Promise.all(
    [1, 2, 3].map(() => newFan(usher.origin, onSaleId).arrive()),
  );
  if (!shopper || !buyer || !payer) throw new Error("three fans");
  const hold = await shopper.hold({ seats: [0, 1] });
  expect(hold.status).toBe(201);
  const bought = await buyer.hold({ seats: [2, 3] });
  const order = await buyer.order(bought.body.holdId, await cardToken(usher.paymentsOrigin));
  const ticketsBefore = (await buyer.until(order.body.orderId, ["confirmed"])).tickets;
  const paying = await payer.hold({ seats: [10] });
  const slow = await cardToken(usher.paymentsOrigin, "4000000000005126");
  const underWay = await payer.order(paying.body.holdId, slow);
  expect(underWay.body.state).toBe("authorizing");

  const line = Array.from({ length: waiters }, () => newFan(usher.origin, onSaleId));
  const joined = await Promise.all(line.map((fan) => fan.join()));
  const indexes = joined.map(({ body }) => body.index);
  const servingBefore = (await frontierOf(usher.origin, onSaleId)).serving;

  // Holds are being asked for at the very moment of the kill: some are answered, some never.
  const racers = await Promise.all([1, 2, 3, 4].map(() => newFan(usher.origin, onSaleId).arrive()));
  const acknowledged: { fan: Fan; seats: number[] }[] = [{ fan: shopper, seats: [0, 1] }];
  let running = true;
  const races = racers.map(async (fan, at) => {
    for (let seat = 0; running && seat < 4; seat++) {
      const asked = 200 + at * 4 + seat;
      const reply = await fan.hold({ seats: [asked] }).catch(() => undefined);
      if (reply?.status !== 201) continue;
      acknowledged.push({ fan, seats: [asked] });
    }
  });
  await until("the first racing hold", () => acknowledged.length > 3);
  await usher.kill();
  running = false;
  await Promise.all(races);
  await until("nothing of it to run on", async () => (await leftBehind(dataDir)).length === 0);

  usher = await serve(dataDir, ["--demo-opens-in", "1"]);
  const frontier = await frontierOf(usher.origin, onSaleId);
  expect(frontier.phase).toBe("open");
  expect(frontier.serving).toBeGreaterThanOrEqual(servingBefore);

  // Places: the tokens in the fans' hands are good, and mean the same place.
  for (const [at, fan] of line.entries()) {
    const back = again(fan);
    expect((await statusOf(back)).status).toBe(200);
    const rejoined = await back.join();
    expect(rejoined.body.index).toBe(indexes[at] as number);
  }
  const newcomers = await Promise.all(
    Array.from({ length: waiters }, () => newFan(usher.origin, onSaleId).join()),
  );
  const all = [...indexes, ...newcomers.map(({ body }: Reply<Joined>) => body.index)];
  expect(new Set(all).size).toBe(all.length);
  expect(Math.min(...newcomers.map(({ body }) => body.index))).toBeGreaterThan(
    Math.max(...indexes),
  );

  // Admissions, sessions and acknowledged holds (S13).
  for (const { fan, seats } of acknowledged) {
    const held = (await again(fan).held())?.seats.map(({ seat }) => seat) ?? [];
    expect(held).toEqual(expect.arrayContaining(seats));
  }
  const repeated = await again(shopper).claim();
  expect(repeated.body).toMatchObject({ kind: "admitted" });
  const stolen = await again(racers[0] as Fan).hold({ seats: [0] });
  expect([stolen.status, stolen.problem.code]).toEqual([409, "seats-taken"]);

  // Orders: the finished one has its tickets, the one under way is finished by the new run.
  const owner = again(buyer);
  expect((await owner.look(order.body.orderId)).tickets).toEqual(ticketsBefore);
  const done = await again(payer).until(underWay.body.orderId, ["confirmed"]);
  expect(done.tickets.length).toBe(1);
  const captured = await rows("select 1 from payments where order_id = $1 and state = 'captured'", [
    underWay.body.orderId,
  ]);
  expect(captured.length).toBe(1);

  const twice = await rows(
    `select performance_id, seat from tickets where state = 'live' group by 1, 2 having count(*) > 1`,
  );
  expect(twice).toEqual([]);
}, 120_000);
