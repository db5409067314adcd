// The packed connector before Express, Fastify, Hono and a bare http server, on Node, over real sockets:
// each answers what it did with a stranger, with a token, and with the session that followed.

import { createServer } from "node:http";
import { openGuard } from "@usher/connector";
import { signAdmission } from "@usher/connector/admission-token";
import { guardFetch, honoGuard, shopperOf as fetchShopper } from "@usher/connector/fetch";
import { expressGuard, fastifyGuard, guardRequest, shopperOf } from "@usher/connector/node";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";

const onSale = "os_0000000000000000000001";
const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
const { x } = await crypto.subtle.exportKey("jwk", pair.publicKey);
const guard = openGuard({
  usher: "https://queue.example",
  onSale,
  originKey: `usher_ok_${"k".repeat(22)}_${"A".repeat(43)}`,
  protectedPaths: ["/shop"],
  singleUse: false,
  fetch: async () => Response.json({ keys: [{ kty: "OKP", crv: "Ed25519", kid: "key-1", x }] }),
});
const now = Date.now();
const token = await signAdmission(
  { kid: "key-1", privateKey: pair.privateKey },
  { onSale, entry: "qe_1", admissionId: "adm_1", epoch: 1, issuedAt: now, expiresAt: now + 60_000 },
);

const listening = (server) =>
  new Promise((done) => server.listen(0, "127.0.0.1", () => done(server.address().port)));

async function onExpress() {
  const app = express();
  // A router that is mounted below a path sees a shortened url.
  const router = express.Router();
  router.use(expressGuard(guard));
  router.get("/", (request, response) => response.send(shopperOf(request)?.entry));
  app.use("/shop", router);
  app.use(expressGuard(guard));
  app.get("/", (_request, response) => response.send("open"));
  const server = createServer(app);
  return { port: await listening(server), close: () => server.close() };
}
async function onFastify() {
  const app = Fastify();
  app.addHook("onRequest", fastifyGuard(guard));
  app.get("/shop", async (request, reply) => {
    reply.header("set-cookie", "own=1");
    return shopperOf(request.raw)?.entry;
  });
  app.get("/", async () => "open");
  await app.listen({ port: 0, host: "127.0.0.1" });
  return { port: app.server.address().port, close: () => app.close() };
}
async function onHttp() {
  const serve = async (request, response) => {
    if (!(await guardRequest(guard, request, response))) return;
    response.end(shopperOf(request)?.entry ?? "open");
  };
  const server = createServer((request, response) => void serve(request, response));
  return { port: await listening(server), close: () => server.close() };
}
async function onHono() {
  const app = new Hono();
  app.use(honoGuard(guard));
  app.get("/shop", (c) => c.text(fetchShopper(c.req.raw)?.entry ?? "nobody"));
  app.get("/", (c) => c.text("open"));
  return { fetch: (request) => app.fetch(request), close: () => {} };
}

async function tried(start) {
  const { port, fetch: own, close } = await start();
  const visit = (path, headers = {}) => {
    const origin = own ? "https://shop.example" : `http://127.0.0.1:${port}`;
    const init = { headers: { accept: "text/html", ...headers }, redirect: "manual" };
    return own ? own(new Request(origin + path, init)) : fetch(origin + path, init);
  };
  const open = await visit("/");
  const away = await visit("/shop?a=1");
  const app = await visit("/shop", { accept: "application/json" });
  const entered = await visit(`/shop?a=1&usher-admission=${token}`);
  const cookie = entered.headers.get("set-cookie").split(";")[0];
  const inside = await visit("/shop?a=1", { cookie });
  const seen = {
    open: [open.status, await open.text()],
    away: [away.status, new URL(away.headers.get("location")).searchParams.get("return")],
    app: [app.status, (await app.json()).code],
    entered: [entered.status, entered.headers.get("location")],
    inside: [inside.status, await inside.text(), inside.headers.get("cache-control")],
  };
  await close();
  return seen;
}

const results = {};
for (const start of [onExpress, onFastify, onHttp, onHono])
  results[start.name] = await tried(start);
// The one function that the fetch bindings share, for whoever has another framework.
const outcome = await guardFetch(guard, new Request("https://shop.example/shop"));
results.plain = outcome.kind === "answer" ? outcome.response.status : outcome.kind;
console.log(JSON.stringify(results));
