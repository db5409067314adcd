// Compiled against the packed declarations with the frameworks' own types: what an engineer writes in a
// shop must not need a cast.

import { type Guard, openGuard, type Shopper } from "@usher/connector";
import { verifyAdmission } from "@usher/connector/admission-token";
import { decide } from "@usher/connector/decide";
import { guarded, honoGuard, nextGuard } from "@usher/connector/fetch";
import { expressGuard, fastifyGuard, setHeaders, shopperOf } from "@usher/connector/node";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";

const guard: Guard = openGuard({ usher: "https://queue.example", onSale: "os_1", originKey: "" });
const app = express();
app.use(expressGuard(guard));
app.post("/shop/paid", async (request, response) => {
  const shopper: Shopper | undefined = shopperOf(request);
  if (shopper) setHeaders(response, (await guard.done(shopper)).headers);
  response.end();
});
fastify().addHook("onRequest", fastifyGuard(guard));
new Hono().use(honoGuard(guard));
export default { fetch: guarded(guard, (_request, _env: object) => new Response("")) };
export const middleware = nextGuard(guard, { next: () => new Response() });
export const more = (shopper: Shopper) => guard.extend(shopper, 60_000);
export { decide, verifyAdmission };
