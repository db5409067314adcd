// The waiting page in a real browser against the real gateway: the place survives a reload and a dead
// network, the draw is told and can be checked in the page, and the turn leads to the shop with an
// admission token that the published keys verify, in the fragment only.

import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { openKeySet, verifyAdmission } from "../../connector/src/admission-token.ts";
import { pathTo } from "../../src/wire/routes.ts";
import { launchChromium } from "../support/chromium.ts";
import { type GatewayUnderTest, gatewayUnderTest } from "../support/gateway-under-test.ts";

const patience = { timeout: 20_000 };
const others = 400;
let gateway: GatewayUnderTest;
let browser: Browser;

beforeAll(async () => {
  [gateway, browser] = await Promise.all([gatewayUnderTest(12_000), launchChromium()]);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await gateway?.close();
}, 30_000);

const scene = (page: Page, wanted: string) =>
  page.waitForFunction(
    (name) => document.documentElement.dataset["scene"] === name,
    wanted,
    patience,
  );
const address = () => gateway.url + pathTo("waitingPage", { onSaleId: gateway.onSale.onSaleId });

test("from the pre-queue through the draw to the shop", async () => {
  const context = await browser.newContext({
    locale: "ko-KR",
    viewport: { width: 390, height: 780 },
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));

  await page.goto(address());
  await scene(page, "pre-queue");
  expect(await page.textContent("#name")).toBe("바람이 머무는 밤");
  const keptPlace = () => page.evaluate(() => JSON.stringify(Object.entries(localStorage)));
  const before = await keptPlace();
  // Its own stream, once the one of before has been given up: a stream that opens says "online".
  const streamAgain = page.waitForResponse(
    (response) => new URL(response.url()).pathname.endsWith("/live"),
    patience,
  );
  await page.reload();
  await scene(page, "pre-queue");
  expect(await keptPlace()).toBe(before);
  await streamAgain;

  await context.setOffline(true);
  await page.waitForSelector("#notice:visible", patience);
  expect(await page.textContent("#notice")).toContain("순서는 그대로");
  await context.setOffline(false);
  await page.waitForSelector("#notice", { ...patience, state: "hidden" });
  expect(await keptPlace()).toBe(before);
  await Promise.all(Array.from({ length: others }, () => gateway.join()));

  await page.waitForSelector("#check:visible", patience);
  expect(await page.textContent("#drawn")).toMatch(
    new RegExp(`^추첨 결과, ${others + 1}명 가운데 [\\d,]+번입니다\\.$`),
  );
  await page.evaluate(() => document.getElementById("check")?.click());
  await page.waitForSelector("#checks .right:nth-child(2)", patience);
  expect(await page.locator("#checks .right").count()).toBe(2);

  // The shop takes the token out of its address at once; here it is to be looked at.
  await page.route("**/s/*", (route) => route.fulfill({ contentType: "text/html", body: "" }));
  await scene(page, "turn");
  expect(await page.title()).toContain("차례입니다");
  await page.waitForURL((url) => url.pathname.startsWith("/s/"), patience);
  const { hash, search } = new URL(page.url());
  expect(search).toBe("");
  const keys = await openKeySet(await (await fetch(gateway.url + pathTo("keys"))).json());
  const token = hash.replace(/^#admission=/, "");
  const reading = await verifyAdmission(keys, token, {
    onSale: gateway.onSale.onSaleId,
    epoch: 0,
    now: Date.now(),
  });
  expect(reading).toMatchObject({ kind: "valid" });
  expect(faults).toEqual([]);
  await context.close();
}, 90_000);

test("without JavaScript: join, see the place, enter", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false, locale: "en-US" });
  const page = await context.newPage();
  await page.goto(address());
  await page.waitForURL(/\/plain/, patience);
  await page.click("button[value=join]");
  await page.waitForSelector(".hero, button[value=claim]", patience);
  await page.waitForSelector("button[value=claim]", { timeout: 40_000 });
  await page.click("button[value=claim]");
  await page.waitForURL((url) => url.pathname.startsWith("/s/"), patience);
  expect(new URL(page.url()).hash).toStartWith("#admission=");
  await context.close();
}, 90_000);
