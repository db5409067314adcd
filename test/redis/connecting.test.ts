// The first moment with a Redis of somebody's own: users with passwords and narrow rights, TLS with a
// certificate of one's own authority. What is wrong is told as what it is, before anything is served.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { Redis } from "ioredis";
import { type RedisServer, startRedisServer } from "../../scripts/services/redis-server.ts";
import { Fault } from "../../src/foundation/fault.ts";
import type { Notice } from "../../src/ports/notice-bus.ts";
import { openHotStore } from "../../src/stores/open.ts";
import { newLine } from "../conformance/line-under-test.ts";
import { start } from "../conformance/suite.ts";
import { newFan, newSeats } from "../conformance/seats-under-test.ts";
import { scratchFolder } from "../support/scratch.ts";

/** What docs/operating.md tells operators to give. */
const rights = ["~usher:*", "&usher:*", "+@all", "-@admin", "-@dangerous", "+info", "+cluster"];
const password = "p@ss/word:%";
let server: RedisServer;

beforeAll(async () => {
  server = await startRedisServer({ folder: scratchFolder() });
  const client = new Redis(server.url);
  await client.call("ACL", "SETUSER", "usher", "on", `>${password}`, ...rights);
  await client.call("ACL", "SETUSER", "reader", "on", ">reader", "~*", "&*", "+@read", "+info");
  await client.call("ACL", "SETUSER", "default", "resetpass", ">for-admins");
  client.disconnect();
});
afterAll(() => server.stop());

const at = (user: string, secret: string) =>
  `redis://${user}:${encodeURIComponent(secret)}@127.0.0.1:${server.port}`;

async function faultOf(url: string): Promise<Fault> {
  try {
    await (await openHotStore({ kind: "redis", url })).close();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error(`${new URL(url).host} was opened`);
}

test("a user with narrow rights is enough for line, seats and notices", async () => {
  const store = await openHotStore({ kind: "redis", url: at("usher", password) });
  const line = await newLine(store);
  const [first] = await line.withTurns(1);
  expect((await line.claim(first!, 0, start)).kind).toBe("claimed");
  const seats = await newSeats(store);
  const heard: Notice[] = [];
  await store.notices.subscribe(`seats:${seats.scope.performanceId}`, (notice) =>
    heard.push(notice),
  );
  expect((await seats.hold(newFan(), [3])).kind).toBe("held");
  while (heard.length === 0) await Bun.sleep(5);
  expect((await store.memory()).usedBytes).toBeGreaterThan(0);
  await store.close();
});

test("a wrong password, none, and too few rights are told as such", async () => {
  for (const url of [at("usher", "wrong"), at("nobody", "x"), server.url]) {
    const { code, message } = await faultOf(url);
    expect([url, code]).toEqual([url, "hot-store-login"]);
    expect(message).toContain(`127.0.0.1:${server.port}`);
    expect(message).not.toContain("wrong:");
  }
  const { code, message } = await faultOf(at("reader", "reader"));
  expect([code, message]).toEqual(["hot-store-login", expect.stringContaining("NOPERM")]);
});

test("TLS: a certificate of one's own authority, trusted and not", async () => {
  const folder = scratchFolder();
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = Bun.spawnSync([
    ...["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
    ...["-nodes", "-days", "2", "-subj", "/CN=usher-test", "-keyout", key, "-out", cert],
    ...["-addext", "subjectAltName=IP:127.0.0.1"],
  ]);
  expect(made.exitCode).toBe(0);
  const files = { "tls-cert-file": cert, "tls-key-file": key, "tls-ca-cert-file": cert };
  const secure = await startRedisServer({
    folder,
    settings: { ...files, "tls-auth-clients": "no" },
  });
  try {
    expect(secure.url).toStartWith("rediss://");
    const { code, message } = await faultOf(secure.url);
    expect(code).toBe("hot-store-away");
    expect(message).toMatch(/certificate/i);

    const script = `import { openHotStore } from ${JSON.stringify(require.resolve("../../src/stores/open.ts"))};
      const store = await openHotStore({ kind: "redis", url: ${JSON.stringify(secure.url)} });
      console.log((await store.memory()).usedBytes > 0 ? "answered" : "empty");
      await store.close();`;
    const trusting = Bun.spawnSync([process.execPath, "-e", script], {
      env: { ...process.env, NODE_EXTRA_CA_CERTS: cert },
    });
    expect(`${trusting.stdout}${trusting.stderr}`).toBe("answered\n");
  } finally {
    await secure.stop();
  }
}, 30_000);
