// Who may open a stream, counted over the real server that streams go through.

import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  type GatewayUnderTest,
  gatewayUnderTest,
} from "../../../test/support/gateway-under-test.ts";
import { pathTo } from "../../wire/routes.ts";
import { usualLimits } from "../limits.ts";

let gateway: GatewayUnderTest;
let at: { onSaleId: string };
beforeAll(async () => {
  gateway = await gatewayUnderTest(600_000, { streamsPerNetwork: 6 });
  at = { onSaleId: gateway.onSale.onSaleId };
  const frontier = gateway.url + pathTo("frontier", at);
  while ((await (await fetch(frontier)).json()).phase !== "pre-queue") await Bun.sleep(20);
}, 60_000);
afterAll(() => gateway?.close());

const tokenOfNewFan = async () => (await gateway.join()).body.queueToken;

const openStream = (token: string) =>
  fetch(gateway.url + pathTo("live", at), { headers: { authorization: `Bearer ${token}` } });

test("four streams of a fan, six of a network; a closed one makes room", async () => {
  const fan = await tokenOfNewFan();
  const own: Response[] = [];
  for (let n = 0; n < 5; n++) own.push(await openStream(fan));
  expect(own.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  // The fifth ended the first.
  expect(await own[0]?.text()).toContain("event: waiting");

  const others = [await openStream(await tokenOfNewFan()), await openStream(await tokenOfNewFan())];
  const refused = await openStream(await tokenOfNewFan());
  expect(others.map(({ status }) => status)).toEqual([200, 200]);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "30"]);

  await others[0]?.body?.cancel();
  let again = await openStream(await tokenOfNewFan());
  while (again.status === 429) again = await openStream(await tokenOfNewFan());
  expect(again.status).toBe(200);
  for (const { body } of [...own.slice(1), ...others, again])
    if (body?.locked === false) await body.cancel();
});

test("a stream that comes back with what it heard last begins with silence", async () => {
  const authorization = `Bearer ${await tokenOfNewFan()}`;
  const firstOf = async (headers: Record<string, string>) => {
    const stream = await fetch(gateway.url + pathTo("live", at), { headers });
    const reader = stream.body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    await reader?.cancel();
    return new TextDecoder().decode(value);
  };
  const idOf = (message: string) => /^id: (\w+)\n/.exec(message)?.[1] ?? "";
  let [heard, next, other] = ["", "", ""];
  // The line of the test before may still be settling.
  while (next !== ": ping\n\n" || idOf(other) !== idOf(heard)) {
    heard = await firstOf({ authorization });
    next = await firstOf({ authorization, "last-event-id": idOf(heard) });
    other = await firstOf({ authorization, "last-event-id": "0" });
  }
  for (const message of [heard, other]) expect(message).toMatch(/^id: \w+\nevent: waiting\ndata: /);
}, 20_000);

test("a process holds as many streams as it may have files, less what the rest needs", () => {
  expect(usualLimits(20_000).streams).toBe(19_000);
  expect(usualLimits(1_024).streams).toBe(1_000);
  expect(usualLimits(Number.POSITIVE_INFINITY).streams).toBe(150_000);
  expect(usualLimits().streams).toBeGreaterThan(999);
});
