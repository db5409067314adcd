// A graceful stop of one gateway of several: it says that it is not ready, tells its streams where to
// go, answers what it has, and nobody loses a place or sees a failure.

import { beforeAll, expect, test } from "bun:test";
import type { RoleProcess } from "../../src/cli/cluster/role-process.ts";
import type { OnSale } from "../../src/ports/catalog.ts";
import { oneOf, type TestCluster, testCluster } from "../support/cluster.ts";
import { type Fan, frontierOf, newFan } from "../support/fan-client.ts";
import { until } from "../support/until.ts";

let cluster: TestCluster;
let onSale: OnSale;
beforeAll(async () => {
  cluster = await testCluster();
  onSale = await cluster.sell({ opensInMs: 3_600_000 });
  await until("the pre-queue", async () => {
    const { phase } = await frontierOf(cluster.origins.gateway, onSale.onSaleId);
    return phase === "pre-queue";
  });
}, 90_000);

const bearer = (fan: Fan) => ({ authorization: `Bearer ${fan.queueToken}` });
const ready = (role: RoleProcess) =>
  fetch(`http://127.0.0.1:${role.port()}/health/ready`).then(
    ({ status }) => status,
    () => "refused",
  );

/** What the stream of a fan says until it ends. */
async function streamOf(fan: Fan) {
  const response = await fan.open("live", { headers: { ...bearer(fan), connection: "close" } });
  expect(response.status).toBe(200);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let text = "";
  const read = async () => {
    const decoder = new TextDecoder();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      text += decoder.decode(next.value, { stream: true });
    }
  };
  const ended = read().catch(() => undefined);
  return { said: () => text, ended, hangUp: () => reader.cancel() };
}

test("[Y3] stopping one gateway of two fails no request, tells its streams, loses no place", async () => {
  const fans = Array.from({ length: 40 }, () => newFan(cluster.origins, onSale.onSaleId));
  const joined = await Promise.all(fans.map((fan) => fan.join()));
  const streams = await Promise.all(fans.map(streamOf));
  await until("each stream to have begun", () =>
    streams.every(({ said }) => said().includes("waiting")),
  );

  let asking = true;
  let answered = 0;
  const failures: string[] = [];
  const polls = fans.map(async (fan) => {
    while (asking) {
      try {
        const { status } = await fan.ask("status", { headers: bearer(fan) });
        if (status === 200) answered++;
        else failures.push(`status ${status}`);
      } catch (error) {
        failures.push(String(error));
      }
      // Within what one entry is answered.
      await Bun.sleep(100);
    }
  });
  const newcomers = (async () => {
    while (asking) {
      const fan = newFan(cluster.origins, onSale.onSaleId);
      await fan.join().then(
        ({ status }) => status === 200 || failures.push(`join ${status}`),
        (error) => failures.push(String(error)),
      );
    }
  })();
  await until("some to have been answered", () => answered > 400);

  const leaving = oneOf(cluster, "gateway 1");
  const back = leaving.again();
  process.kill(leaving.pid(), "SIGTERM");
  await back;
  const seen = answered;
  await until("more to have been answered", () => answered > seen + 400);
  asking = false;
  await Promise.all([...polls, newcomers]);
  expect(failures).toEqual([]);

  // Those of the one that left were told, the others go on.
  const told = streams.filter(({ said }) => said().includes("event: reconnect"));
  expect(told.length).toBeGreaterThan(0);
  expect(told.length).toBeLessThan(streams.length);
  await Promise.all(told.map(({ ended }) => ended));
  const again = await Promise.all(fans.map((fan) => fan.join()));
  expect(again.map(({ body }) => body.index)).toEqual(joined.map(({ body }) => body.index));
  // The other tests count the streams of the same gateways.
  await Promise.all(streams.map(({ hangUp }) => hangUp()));
}, 60_000);

test("a role that is to stop is not ready at once, and still answers", async () => {
  const gateway = await cluster.add("gateway");
  const { gateway: _, ...rest } = cluster.origins;
  const fan = newFan({ gateway: `http://127.0.0.1:${gateway.port()}`, ...rest }, onSale.onSaleId);
  expect((await fan.join()).status).toBe(200);
  expect(await ready(gateway)).toBe(200);
  const stopped = gateway.stop();
  await until("it not to be ready", async () => (await ready(gateway)) !== 200);
  expect((await fan.ask("status", { headers: bearer(fan) })).status).toBe(200);
  await stopped;
  expect(await ready(gateway)).toBe("refused");
  // It has said goodbye: nobody waits for its silence.
  const heard = await cluster.records.processReports.heard();
  expect(heard.map(({ pid }) => pid)).not.toContain(gateway.pid());
}, 30_000);
