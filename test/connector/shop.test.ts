// A shop of one's own, as its engineer builds it: the Express sample on Node with the packed connector,
// before a whole platform. A fan who just comes is sent to the waiting room, waits, gets the turn, and
// shops; the token works once; done frees the place; an origin that cannot ask Usher lets nobody in.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { launchChromium } from "../support/chromium.ts";
import { type Fan, newFan } from "../support/fan-client.ts";
import { sendFansTo, signedInDesk, testBrowser, type TestBrowser } from "../support/origin-shop.ts";
import {
  connectorFolder,
  packConnector,
  type PackedConnector,
} from "../support/packed-connector.ts";
import { opened, type TestPlatform, testPlatform } from "../support/platform.ts";
import { until } from "../support/until.ts";

// Turns begin some seconds after the opening.
setDefaultTimeout(30_000);

let platform: TestPlatform;
let packed: PackedConnector;
let server: Bun.Subprocess<"ignore", "pipe", "inherit">;
let shop = "";

beforeAll(async () => {
  [platform, packed] = await Promise.all([testPlatform(), packConnector()]);
  const { origin, onSale } = platform;
  const desk = await signedInDesk(platform);
  const { key } = await desk.makeKey("Sample shop");
  await cp(join(connectorFolder, "samples", "express"), packed.folder, { recursive: true });
  server = Bun.spawn(["node", "server.mjs"], {
    cwd: packed.folder,
    env: { ...process.env, USHER: origin, ON_SALE: onSale.onSaleId, ORIGIN_KEY: key, PORT: "0" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  for await (const chunk of server.stdout) {
    shop = new TextDecoder().decode(chunk).trim();
    break;
  }
  await sendFansTo(platform, onSale.onSaleId, `${shop}/`);
  await opened(origin, onSale.onSaleId);
}, 90_000);
afterAll(async () => {
  server?.kill();
  await server?.exited;
  await packed?.close();
  await platform?.close();
}, 30_000);

/** Waits in the line as a program, and answers the address that the waiting page would go to. */
async function turnOf(fan: Fan): Promise<string> {
  await fan.join();
  const { shopUrl } = await fan.turn();
  expect(shopUrl).toStartWith(shop);
  return shopUrl;
}
const arrived = async (): Promise<{ fan: Fan; browser: TestBrowser; shopUrl: string }> => {
  const fan = newFan(platform.origin, platform.onSale.onSaleId);
  const shopUrl = await turnOf(fan);
  const browser = testBrowser();
  const page = await browser.follow(`${shopUrl}&usher-return=${encodeURIComponent("/shop?row=A")}`);
  expect([page.status, page.text]).toEqual([200, expect.stringContaining(fan.entryId)]);
  return { fan, browser, shopUrl };
};

test("without an admission: the open page, the waiting room, or a problem for an app", async () => {
  const browser = testBrowser();
  expect(await browser.visit(`${shop}/`)).toMatchObject({ status: 200 });
  const page = await browser.visit(`${shop}/shop?row=A`);
  expect(page.status).toBe(302);
  expect(page.headers.get("cache-control")).toBe("no-store");
  const waitingRoom = new URL(page.location);
  expect(waitingRoom.origin + waitingRoom.pathname).toBe(
    `${platform.origin}/w/${platform.onSale.onSaleId}`,
  );
  expect(waitingRoom.searchParams.get("return")).toBe("/shop?row=A");
  const app = await browser.visit(`${shop}/shop`, { headers: { accept: "application/json" } });
  expect(app.status).toBe(403);
  expect(app.headers.get("content-type")).toStartWith("application/problem+json");
  expect(JSON.parse(app.text)).toMatchObject({
    code: "not-admitted",
    waitingRoom: `${platform.origin}/w/${platform.onSale.onSaleId}`,
  });
  const forged = await browser.visit(`${shop}/?usher-admission=AUEGMjAyNi1h`);
  expect(forged.status).toBe(302);
  expect(forged.location).toStartWith(`${platform.origin}/w/`);
});

test("with a turn: into the shop, and the token is out of the address", async () => {
  const fan = newFan(platform.origin, platform.onSale.onSaleId);
  const shopUrl = await turnOf(fan);
  const browser = testBrowser();
  const page = await browser.follow(`${shopUrl}&usher-return=${encodeURIComponent("/shop?row=A")}`);
  expect(page.text).toContain(fan.entryId);
  expect(page.trail.at(-1)).toBe(`${shop}/shop?row=A`);
  expect(page.headers.get("cache-control")).toContain("no-store");
  expect(await browser.visit(`${shop}/shop`)).toMatchObject({ status: 200 });
  // The address out of the history, in the same browser: straight to the clean page.
  expect(await browser.follow(shopUrl)).toMatchObject({ status: 200 });
});

test("a token works once: a copied address opens nothing", async () => {
  const { shopUrl } = await arrived();
  const page = await testBrowser().follow(shopUrl);
  expect(page.status).toBe(409);
  expect(page.text).toContain("in use in another browser");
  const withoutCookies = await fetch(shopUrl, { headers: { accept: "text/html" } });
  expect([withoutCookies.status, await withoutCookies.text()]).toEqual([
    400,
    expect.stringContaining("allow cookies"),
  ]);
});

test("a lost answer costs nothing: the same browser asks again and is in", async () => {
  const fan = newFan(platform.origin, platform.onSale.onSaleId);
  const shopUrl = await turnOf(fan);
  const browser = testBrowser();
  const hop = await browser.visit(shopUrl);
  const nonceOnly = new Map(browser.jar);
  expect((await browser.visit(hop.location)).status).toBe(302);
  browser.jar.clear();
  for (const [name, value] of nonceOnly) browser.jar.set(name, value);
  expect(await browser.follow(hop.location)).toMatchObject({ status: 200 });
  expect(await browser.visit(`${shop}/shop`)).toMatchObject({ status: 200 });
});

test("done: the place is free at once, and this browser is out", async () => {
  const { fan, browser } = await arrived();
  const before = await shoppers();
  const paid = await browser.visit(`${shop}/shop/paid`, { method: "POST" });
  expect([paid.status, paid.text]).toEqual([200, '{"told":"ended"}']);
  await until("the place to be free", async () => (await shoppers()) < before);
  expect((await browser.visit(`${shop}/shop`)).location).toStartWith(`${platform.origin}/w/`);
  expect((await fan.claim()).body.kind).toBe("ended");
});

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "" : " without JavaScript";
  test(`in a browser${how}: from the shop to the waiting room, and back with the turn`, async () => {
    const browser = await launchChromium();
    try {
      const context = await browser.newContext({ javaScriptEnabled, locale: "en-US" });
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      await page.goto(`${shop}/shop?row=A`);
      expect(new URL(page.url()).origin).toBe(platform.origin.replace("127.0.0.1", "localhost"));
      if (!javaScriptEnabled) {
        await page.waitForURL(/\/plain/);
        await page.click("button[value=join]");
        await page.click("button[value=claim]");
      }
      await page.waitForURL((url) => url.origin === shop);
      // Without JavaScript nothing carries the page that was wanted: the shop's own front it is.
      const front = javaScriptEnabled ? "/shop?row=A" : "/";
      expect(page.url()).toBe(shop + front);
      await page.goto(`${shop}/shop`);
      expect(await page.textContent("body")).toContain("Welcome, qe_");
      const cookies = await context.cookies(shop);
      const session = cookies.find(({ name }) => name.includes("usher-origin"));
      expect(session).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
    } finally {
      await browser.close();
    }
  }, 60_000);
}

async function shoppers(): Promise<number> {
  const { hot, epochs } = platform.stores;
  const counts = await epochs.queue(platform.onSale.onSaleId, (scope) => hot.queue.counts(scope));
  return counts.shoppers;
}
