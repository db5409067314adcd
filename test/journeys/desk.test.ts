// An operator's evening in a real browser, on real stores and a real pacer: sign in, create an on-sale
// from a plan, open it, pause, change the rate, close. Once with the mouse in English, once with the
// keyboard alone on a phone's screen in Korean.

import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { hashOfSecret } from "../../src/box-office/door/gate-guard.ts";
import { buildSite } from "../../src/web/build.ts";
import { pages } from "../../src/web/pages.ts";
import { launchChromium } from "../support/chromium.ts";
import { startDesk, type TestDesk } from "../support/desk.ts";
import { until } from "../support/until.ts";

let desk: TestDesk;
let browser: Browser;

beforeAll(async () => {
  const site = await buildSite({ only: pages.filter(({ page }) => page === "deskPage") });
  desk = await startDesk({ site });
  browser = await launchChromium();
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await desk?.stop();
});

type Screen = { width: number; height: number; locale: string };

async function visit(path: string, { width, height, locale }: Screen): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height }, locale });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on("pageerror", (error) => faults.push(String(error)));
  await page.goto(`${desk.address}/desk${path}`);
  await page.waitForSelector("input[name=email]");
  return page;
}
const faults: string[] = [];

async function signIn(page: Page): Promise<void> {
  await page.fill("input[name=email]", desk.owner.email);
  await page.fill("input[name=password]", desk.owner.password);
  await page.keyboard.press("Enter");
  await page.waitForSelector(".frame");
}

const english: Screen = { width: 1280, height: 900, locale: "en-GB" };
const phone: Screen = { width: 390, height: 844, locale: "ko-KR" };

test("create, open, pause, change the rate, close", async () => {
  const page = await visit("/new", english);
  await signIn(page);
  await page.locator(".plans button").first().click();
  await page.waitForSelector(".chosen");
  await page.fill("#nameKo", "밤의 공연");
  await page.fill("#nameEn", "A night");
  await page.fill("#venueKo", "한빛 아레나");
  await page.fill("#venueEn", "Hanbit Arena");
  for (const key of ["vip", "r", "s", "a"]) await page.fill(`[name="prices.${key}"]`, "99000");

  await page.fill("#accent", "#7a7a7a");
  await page.click("button:has-text('Create the on-sale')");
  expect(await page.textContent("#accent-told")).toContain("Neither white nor dark");
  await page.click("#accent-told button");
  await page.click("button:has-text('Create the on-sale')");

  await page.waitForSelector(".sale h1:has-text('A night')");
  const onSaleId = page.url().split("/").at(-1) ?? "";
  const made = (await desk.stores.catalog.onSales()).find((sale) => sale.onSaleId === onSaleId);
  expect(made?.prices).toEqual({ vip: 99_000, r: 99_000, s: 99_000, a: 99_000 });
  await desk.join(made!, 300);
  await page.waitForSelector(".tile.lead b:text-is('300')");

  await page.click(".button.open");
  await page.waitForSelector(".confirm .effect:has-text('The order of the 300 waiting is drawn')");
  await page.click(".confirm .primary");
  await page.waitForSelector(".phase.open");

  await page.click(".button.pause");
  await page.waitForSelector(".confirm .effect:has-text('Nobody new is admitted')");
  await page.click(".confirm .primary");
  await page.waitForSelector(".phase.paused");

  await page.fill("#pace-rate", "120");
  await page.waitForSelector(".pace .then:has-text('–7,200 a minute')");
  await page.click(".pace button[type=submit]");
  await page.waitForSelector(".told.good:has-text('new rate and capacity')");
  expect((await desk.stores.catalog.onSale(made!.onSaleId))?.settings.ratePerSec).toBe(120);

  await page.click(".button.close");
  await page.waitForSelector(".confirm .effect:has-text('It cannot be undone')");
  await page.click(".confirm .grave");
  await page.waitForSelector(".phase.closed");

  await page.click(".ways a:has-text('Audit')");
  await page.waitForSelector(".audit td:has-text('Admissions a second 50 → 120')");
  expect(faults).toEqual([]);
  await page.context().close();
}, 90_000);

test("on a phone, in Korean, with the keyboard alone", async () => {
  const page = await visit(`/on-sales/${desk.onSale.onSaleId}`, phone);
  await signIn(page);
  await page.waitForSelector(".sale h1:has-text('시험 공연')");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);

  const focusOn = async (selector: string) => {
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector))
        return;
    }
    throw new Error(`the keyboard never reaches ${selector}`);
  };
  await focusOn(".button.open");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".confirm .primary:enabled");
  await focusOn(".confirm .primary");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".phase.open:has-text('판매 중')");
  await page.waitForSelector(".told.good:has-text('판매를 열었습니다')");
  expect(faults).toEqual([]);
  await page.context().close();
}, 60_000);

test("a colleague's change is shown at once, and an old decision is not applied", async () => {
  const page = await visit(`/on-sales/${desk.onSale.onSaleId}`, english);
  await signIn(page);
  await page.waitForSelector(".phase.open");
  await page.click(".button.pause");
  await page.waitForSelector(".confirm .primary:enabled");
  const before = (await desk.stores.catalog.onSale(desk.onSale.onSaleId))!;
  await desk.stores.catalog.update(before.onSaleId, before.version, {
    settings: { ...before.settings, ratePerSec: 77 },
  });
  await page.click(".confirm .primary");
  await page.waitForSelector(".told.bad:has-text('Somebody else changed it first')");
  expect((await desk.stores.catalog.onSale(before.onSaleId))?.paused).toBe(false);
  await page.waitForFunction(
    () => document.querySelector<HTMLInputElement>("#pace-rate")?.value === "77",
  );
  await page.context().close();
}, 60_000);

test("what is typed and what was answered outlive a page that reads again late", async () => {
  const page = await visit(`/on-sales/${desk.onSale.onSaleId}`, english);
  await signIn(page);
  await page.fill("#pace-rate", "120");
  const held = Promise.withResolvers<void>();
  let reads = 0;
  await page.route(`**/desk/api/on-sales/${desk.onSale.onSaleId}`, async (route) => {
    reads += 1;
    await held.promise;
    await route.continue();
  });
  await page.click(".button.pause");
  await page.click(".confirm .primary");
  await page.waitForSelector(".phase.paused");
  // One after the answer, one after the live stream told of the change.
  await until("two late reads", () => reads >= 2);
  expect(await page.locator(".phase.paused").count()).toBe(1);
  held.resolve();
  await page.click(".button.resume");
  await page.click(".confirm .primary");
  await page.waitForSelector(".phase.open");
  expect(await page.inputValue("#pace-rate")).toBe("120");
  await page.context().close();
}, 60_000);

test("a lost connection is said, and mends itself", async () => {
  const page = await visit("", english);
  await signIn(page);
  await page.waitForSelector(".sale-row, .over");
  await page.context().setOffline(true);
  await page.waitForSelector(".lost");
  await page.context().setOffline(false);
  await page.waitForSelector(".lost", { state: "detached" });
  await page.context().close();
}, 60_000);

test("the door: a gate, a code for a phone, and its end", async () => {
  const page = await visit(`/door/${desk.performance.performanceId}`, phone);
  await signIn(page);
  await page.fill("#gate-name", "동문");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".door h2:has-text('동문')");
  await page.click("button:has-text('기기 코드 만들기')");
  const code = (await page.textContent(".device-code strong")) ?? "";
  expect(code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  const signedIn = await desk.stores.door.signIn(hashOfSecret(code.replace("-", "")), "token");
  expect(signedIn?.gate).toBe("동문");
  await page.waitForSelector(".door li:has-text('마지막 연결')");
  await page.click(".door button:has-text('연결 끊기')");
  await page.waitForSelector(".door li:has-text('마지막 연결')", { state: "detached" });
  expect(await desk.stores.door.device("token")).toBeUndefined();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
  expect(faults).toEqual([]);
  await page.context().close();
}, 60_000);
