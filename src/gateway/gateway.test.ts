// What a stranger gets from the gateway by asking for it.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { type GatewayUnderTest, gatewayUnderTest } from "../../test/support/gateway-under-test.ts";
import { newId } from "../foundation/ids.ts";
import type { Frontier, JoinChallengeView } from "../wire/contract.ts";
import { pathTo } from "../wire/routes.ts";
import { solveChallenge } from "../wire/solve-challenge.ts";

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await gatewayUnderTest(600_000, { joinsPerNetwork: { joins: 20, spanMs: 3_600_000 } });
  while ((await frontier()).phase !== "pre-queue") await Bun.sleep(20);
}, 60_000);
afterAll(() => gateway?.close());

const address = (route: "frontier" | "join" | "plain") =>
  gateway.url + pathTo(route, { onSaleId: gateway.onSale.onSaleId });
const frontier = async () => (await (await fetch(address("frontier"))).json()) as Frontier;
const post = (body: object) =>
  fetch(address("join"), { method: "POST", body: JSON.stringify(body) });

async function ask<Answer>(body: object): Promise<Answer> {
  const answer = await post(body);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Answer;
}

/** Changes the on-sale's setting, and waits until the gateway asks for that much. */
async function askForWork(joinWork: number): Promise<void> {
  const { catalog } = gateway.stores;
  const onSale = await catalog.onSale(gateway.onSale.onSaleId);
  if (onSale === undefined) throw new Error("the on-sale is gone");
  const settings = { ...onSale.settings, joinWork };
  await catalog.update(onSale.onSaleId, onSale.version, { settings });
  const asked = async () => (await ask<JoinChallengeView>({ entryId: newId("entry") })).work;
  while ((await asked()) !== joinWork) await Bun.sleep(50);
}

test("naming somebody's identity gives nobody that person's place", async () => {
  const identity = "hash-of-fan@example.com";
  const join = async () => {
    const entryId = newId("entry");
    const { challenge } = await ask<JoinChallengeView>({ entryId, identity });
    return ask<{ entryId: string; index: number }>({ entryId, identity, challenge });
  };
  const [fan, stranger] = [await join(), await join()];
  expect(stranger).toMatchObject({ known: false, index: fan.index + 1 });
  expect(stranger.entryId).not.toBe(fan.entryId);
});

test("a flood of joins that reads no answers gets no number; who comes back gets one", async () => {
  const first = (await gateway.join()).body.index;
  const flood = Array.from({ length: 200 }, () => post({ entryId: newId("entry") }));
  for (const answer of await Promise.all(flood)) {
    expect(Object.keys((await answer.json()) as object)).toEqual(["challenge", "work"]);
  }
  expect((await gateway.join()).body.index).toBe(first + 1);
});

test("another entry's challenge, a made up one, and one without its work are answered by a new one", async () => {
  const [mine, other] = [newId("entry"), newId("entry")];
  const { challenge } = await ask<JoinChallengeView>({ entryId: other });
  await askForWork(8);
  const { challenge: hard } = await ask<JoinChallengeView>({ entryId: mine });
  for (const answer of [{ challenge }, { challenge: "x".repeat(80) }, { challenge: hard }]) {
    const again = await ask<object>({ entryId: mine, ...answer });
    expect(again).toMatchObject({ work: 8 });
  }
  const nonce = await solveChallenge(hard, 8);
  expect(await ask<object>({ entryId: mine, challenge: hard, nonce })).toMatchObject({
    entryId: mine,
    known: false,
  });
  // Spent twice, it is the same place.
  expect(await ask<object>({ entryId: mine, challenge: hard, nonce })).toMatchObject({
    entryId: mine,
    known: true,
  });
  await askForWork(0);
});

test("without JavaScript: the page brings a challenge, and patience stands for work", async () => {
  await askForWork(8);
  const page = await fetch(address("plain"));
  const [cookie = ""] = page.headers.get("set-cookie")?.split(";") ?? [];
  expect(cookie).toStartWith("usher-join-");
  const press = () =>
    fetch(address("plain"), {
      method: "POST",
      body: "action=join",
      headers: { cookie },
      redirect: "manual",
    });
  const early = await press();
  expect(early.headers.get("location")).toEndWith("&early=1");
  expect(early.headers.get("set-cookie")).toBeNull();
  const told = await fetch(`${address("plain")}?lang=en&early=1`, { headers: { cookie } });
  expect(await told.text()).toContain("A moment more");
  expect(told.headers.get("set-cookie")).toBeNull();
  await askForWork(0);
  const easy = await fetch(address("plain"));
  const [given = ""] = easy.headers.get("set-cookie")?.split(";") ?? [];
  const joined = await fetch(address("plain"), {
    method: "POST",
    body: "action=join",
    headers: { cookie: given },
    redirect: "manual",
  });
  expect(joined.headers.get("set-cookie")).toStartWith("usher-queue-");
});

test("a network that had its share is told when to come again, and who has a place keeps it", async () => {
  const kept = newId("entry");
  let last = await gateway.join(kept);
  expect(last.status).toBe(200);
  for (let n = 0; n < 20 && last.status === 200; n++) last = await gateway.join();
  expect(last.status).toBe(429);
  expect(last.body as object).toMatchObject({ code: "rate-limited" });
  expect((await gateway.join(kept)).body.known).toBe(true);
});

test("an entry that asks without a pause is told when to come again; its place and the others go on", async () => {
  const busy = await gatewayUnderTest(600_000, { asksPerEntry: { asks: 6, spanMs: 600_000 } });
  try {
    const to = (route: "frontier" | "status" | "claim" | "live" | "join" | "plain") =>
      busy.url + pathTo(route, { onSaleId: busy.onSale.onSaleId });
    while ((await (await fetch(to("frontier"))).json()).phase !== "pre-queue") await Bun.sleep(20);
    const [mine, other] = [(await busy.join()).body, (await busy.join()).body];
    const asking = (queueToken: string) => ({ headers: { authorization: `Bearer ${queueToken}` } });
    const claim = { method: "POST", ...asking(mine.queueToken) };
    const again = { ...claim, body: JSON.stringify({ entryId: mine.entryId }) };
    const answers = [await fetch(to("status"), asking(mine.queueToken))];
    answers.push(await fetch(to("live"), asking(mine.queueToken)), await fetch(to("claim"), claim));
    answers.push(
      await fetch(to("join"), again),
      await fetch(to("status"), asking(mine.queueToken)),
    );
    answers.push(await fetch(to("status"), asking(mine.queueToken)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    await answers[1]?.body?.cancel();

    const refused = [
      await fetch(to("status"), asking(mine.queueToken)),
      await fetch(to("claim"), claim),
    ];
    refused.push(await fetch(to("join"), again), await fetch(to("live"), asking(mine.queueToken)));
    for (const answer of refused) {
      expect(answer.status).toBe(429);
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(500);
      expect(((await answer.json()) as { code: string }).code).toBe("asked-too-often");
    }
    const cookie = `usher-queue-${busy.onSale.onSaleId}=${mine.queueToken}`;
    expect((await fetch(to("plain"), { headers: { cookie } })).status).toBe(429);
    expect((await fetch(to("status"), asking(other.queueToken))).status).toBe(200);

    // Without a token nothing says whose join it is but the store, which counts for all processes.
    let last = await busy.join(other.entryId);
    for (let nth = 0; nth < 6 && last.status === 200; nth++) last = await busy.join(other.entryId);
    expect([last.status, last.body as object]).toMatchObject([429, { code: "asked-too-often" }]);
  } finally {
    await busy.close();
  }
}, 60_000);
