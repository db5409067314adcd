// A real opening, verified from outside: fans join a real gateway before it opens, and afterwards
// `usher verify-draw` tells each the number that the gateway told, from the public address alone, with
// the commitment that was there before.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import type { Joined, Status } from "../../src/wire/contract.ts";
import { frontierOf, newFan } from "../support/fan-client.ts";
import { type GatewayUnderTest, gatewayUnderTest } from "../support/gateway-under-test.ts";
import { opened } from "../support/platform.ts";
import { until } from "../support/until.ts";

setDefaultTimeout(60_000);
const root = join(import.meta.dir, "..", "..");
let gateway: GatewayUnderTest;
beforeAll(async () => {
  // Time enough before the opening for one look by a process of its own, and for everybody's join.
  gateway = await gatewayUnderTest(10_000);
}, 60_000);
afterAll(() => gateway?.close());

test("what the gateway tells every fan is what anybody computes from its public address", async () => {
  const { url, onSale } = gateway;
  const { onSaleId } = onSale;
  const promised = (await frontierOf(url, onSaleId)).draw;
  expect([promised.seed, promised.cohort]).toEqual([undefined, undefined]);
  const verify = async (...args: string[]) => {
    const address = `${url}/w/${onSaleId}`;
    const command = [process.execPath, "src/cli/main.ts", "verify-draw", "--from", address];
    const run = Bun.spawn([...command, "--json", ...args], { cwd: root, stdout: "pipe" });
    const text = await new Response(run.stdout).text();
    return { code: await run.exited, verdict: JSON.parse(text) };
  };
  expect(await verify()).toEqual({ code: 1, verdict: { kind: "not-drawn-yet" } });

  const phase = async () => (await frontierOf(url, onSaleId)).phase;
  await until("the waiting room to be open", async () => (await phase()) === "pre-queue");
  const fans = Array.from({ length: 40 }, () => newFan(url, onSaleId));
  const joined = await Promise.all(fans.map((fan) => fan.join()));
  expect(joined.filter(({ status, body }) => status !== 200 || body.index === undefined)).toEqual(
    [],
  );
  expect(await phase()).toBe("pre-queue");
  const indexes = joined.map(({ body }: { body: Joined }) => body.index);
  await opened(url, onSaleId);
  const held = ["--commitment", promised.commitment];
  for (const [at, fan] of [...fans.entries()].filter(([at]) => at % 8 === 0)) {
    const headers = { authorization: `Bearer ${fan.queueToken}` };
    const { standing } = (await fan.ask<Status>("status", { headers })).body;
    if (standing.kind === "not-drawn") throw new Error("not drawn");
    const index = String(indexes[at]);
    expect(await verify(...held, "--index", index)).toMatchObject({
      code: 0,
      verdict: { kind: "holds", cohort: 40, counted: 40, position: standing.position },
    });
  }
  expect((await verify("--commitment", "0".repeat(64))).verdict).toEqual({
    kind: "promise-changed",
  });
});
