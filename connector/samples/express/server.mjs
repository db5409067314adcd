// A shop of one's own behind Usher's waiting room: USHER, ON_SALE and ORIGIN_KEY say which, and
// everything below /shop is for admitted fans only.

import { openGuard } from "@usher/connector";
import { expressGuard, setHeaders, shopperOf } from "@usher/connector/node";
import express from "express";

const { USHER, ON_SALE, ORIGIN_KEY, PORT = "3000" } = process.env;
const where = { usher: USHER, onSale: ON_SALE, originKey: ORIGIN_KEY };
const guard = openGuard({ ...where, protectedPaths: ["/shop"] });
const app = express();
app.use(expressGuard(guard));

app.get("/", (_request, response) => response.send("Everybody may read this."));
app.get("/shop", (request, response) => {
  const { entry, shopUntil } = shopperOf(request);
  response.send(`Welcome, ${entry}, until ${new Date(shopUntil).toISOString()}.`);
});
app.post("/shop/paid", async (request, response) => {
  const { reply, headers } = await guard.done(shopperOf(request));
  setHeaders(response, headers);
  response.json({ told: reply.kind });
});
const server = app.listen(Number(PORT), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
