// Many tabs of one browser: one place, one stream. The other tabs ask now and then, and one of them takes
// the stream over when its tab is closed. Another browser has a place and a stream of its own. And a page
// whose clock is hours off counts down by the server's.

import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { pathTo } from "../../src/wire/routes.ts";
import { launchChromium } from "../support/chromium.ts";
import { type GatewayUnderTest, gatewayUnderTest } from "../support/gateway-under-test.ts";
import { until } from "../support/until.ts";

const opensInMs = 600_000;
let gateway: GatewayUnderTest;
let browser: Browser;

beforeAll(async () => {
  [gateway, browser] = await Promise.all([gatewayUnderTest(opensInMs), launchChromium()]);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await gateway?.close();
}, 30_000);

type Tab = { page: Page; streams(): number };

async function tabOf(context: BrowserContext): Promise<Tab> {
  const page = await context.newPage();
  let streams = 0;
  page.on("request", (request) => {
    if (new URL(request.url()).pathname.endsWith("/live")) streams++;
  });
  await page.goto(gateway.url + pathTo("waitingPage", { onSaleId: gateway.onSale.onSaleId }));
  await page.waitForFunction(() => document.documentElement.dataset["scene"] === "pre-queue");
  return { page, streams: () => streams };
}
const indexIn = ({ page }: Tab) =>
  page.evaluate(() => JSON.parse(Object.values(localStorage)[0] as string).place.index as number);

test("three tabs are one place and one stream; it is handed on when its tab is closed", async () => {
  const context = await browser.newContext();
  const first = await tabOf(context);
  await until("the first tab to have a stream", () => gateway.streams() === 1);
  const [second, third] = [await tabOf(context), await tabOf(context)];
  expect(await indexIn(second)).toBe(await indexIn(first));

  const otherBrowser = await browser.newContext();
  const stranger = await tabOf(otherBrowser);
  await until("another browser to have its own", () => gateway.streams() === 2);
  expect(await indexIn(stranger)).not.toBe(await indexIn(first));
  await otherBrowser.close();
  await until("it to be gone with its browser", () => gateway.streams() === 1);
  expect([first.streams(), second.streams() + third.streams()]).toEqual([1, 0]);

  await first.page.close();
  await until("another tab to ask for it", () => second.streams() + third.streams() === 1);
  await until("the stream of that tab", () => gateway.streams() === 1);
  await context.close();
}, 60_000);

test("a clock that is three hours slow counts down as the server does", async () => {
  const context = await browser.newContext({ locale: "en-GB" });
  await context.addInitScript(() => {
    const now = Date.now.bind(Date);
    Date.now = () => now() - 3 * 3_600_000;
  });
  const { page } = await tabOf(context);
  const shown = (await page.textContent("#digits")) ?? "";
  const [minutes = 0, seconds = 0] = shown.split(":").map(Number);
  const leftMs = gateway.onSale.opensAt - Date.now();
  expect(Math.abs((60 * minutes + seconds) * 1_000 - leftMs)).toBeLessThan(3_000);
  await context.close();
}, 60_000);
