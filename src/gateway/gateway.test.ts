// What a stranger gets from the gateway by asking for it.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { type GatewayUnderTest, gatewayUnderTest } from "../../test/support/gateway-under-test.ts";
import { newId } from "../foundation/ids.ts";
import type { Joined } from "../wire/contract.ts";
import { pathTo } from "../wire/routes.ts";

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await gatewayUnderTest(600_000);
  const frontier = gateway.url + pathTo("frontier", { onSaleId: gateway.onSale.onSaleId });
  while ((await (await fetch(frontier)).json()).phase !== "pre-queue") await Bun.sleep(20);
}, 60_000);
afterAll(() => gateway?.close());

test("naming somebody's identity gives nobody that person's place", async () => {
  const join = async () => {
    const answer = await fetch(
      gateway.url + pathTo("join", { onSaleId: gateway.onSale.onSaleId }),
      {
        method: "POST",
        body: JSON.stringify({ entryId: newId("entry"), identity: "hash-of-fan@example.com" }),
      },
    );
    return (await answer.json()) as Joined;
  };
  const [fan, stranger] = [await join(), await join()];
  expect(stranger).toMatchObject({ known: false, index: fan.index + 1 });
  expect(stranger.entryId).not.toBe(fan.entryId);
});
