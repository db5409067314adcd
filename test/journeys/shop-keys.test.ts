// Keys for shops of one's own, at the desk in a real browser: made, shown once, never again, revoked on
// the second asking; in Korean on a phone as in English on a desk.

import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { buildSite } from "../../src/web/build.ts";
import { pages } from "../../src/web/pages.ts";
import { launchChromium } from "../support/chromium.ts";
import { startDesk, type TestDesk } from "../support/desk.ts";

let desk: TestDesk;
let browser: Browser;
const faults: string[] = [];

beforeAll(async () => {
  const site = await buildSite({ only: pages.filter(({ page }) => page === "deskPage") });
  desk = await startDesk({ site });
  browser = await launchChromium();
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await desk?.stop();
});

async function signedIn(screen: { width: number; height: number; locale: string }): Promise<Page> {
  const { width, height, locale } = screen;
  const context = await browser.newContext({ viewport: { width, height }, locale });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on("pageerror", (error) => faults.push(String(error)));
  await page.goto(`${desk.address}/desk/keys`);
  await page.fill("input[name=email]", desk.owner.email);
  await page.fill("input[name=password]", desk.owner.password);
  await page.keyboard.press("Enter");
  await page.waitForSelector("#key-name");
  return page;
}
const shot = async (page: Page, name: string) => {
  const folder = process.env["USHER_SHOTS"];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
};

test("a key is made, shown this once, and revoked on the second asking", async () => {
  const page = await signedIn({ width: 1280, height: 900, locale: "en-GB" });
  await page.waitForSelector("text=No key yet");
  await page.fill("#key-name", "Hanbit ticket shop");
  await page.keyboard.press("Enter");
  const key = (await page.textContent("#fresh-key")) ?? "";
  expect(key).toMatch(/^usher_ok_[0-9A-Za-z]{22}_[0-9A-Za-z_-]{43}$/);
  await page.waitForSelector("li.card:has-text('Hanbit ticket shop')");
  await shot(page, "keys-made");
  const kept = await desk.stores.originKeys.commandSecrets();
  expect([...kept.keys()]).toEqual([key.slice(9, 31)]);

  await page.reload();
  await page.waitForSelector("li.card:has-text('Hanbit ticket shop')");
  expect(await page.content()).not.toContain(key.slice(-43));
  await page.click("button:has-text('Revoke')");
  expect((await desk.stores.originKeys.commandSecrets()).size).toBe(1);
  await page.waitForSelector("text=Nobody will get into the shop");
  await page.click("button:has-text('Revoke now')");
  await page.waitForSelector("li.card:has-text('Revoked')");
  expect((await desk.stores.originKeys.commandSecrets()).size).toBe(0);
  const trail = await desk.stores.operators.auditTrail(10);
  const actions = trail.map(({ action }) => action);
  expect(actions).toContain("origin-key.make");
  expect(actions).toContain("origin-key.revoke");
  expect(JSON.stringify(trail)).not.toContain(key.slice(-43));
  expect(faults).toEqual([]);
  await page.context().close();
}, 60_000);

test("the same on a phone, in Korean; nothing sticks out", async () => {
  const page = await signedIn({ width: 390, height: 844, locale: "ko-KR" });
  await page.fill("#key-name", "한빛 예매 쇼핑몰");
  await page.click("button:has-text('키 만들기')");
  await page.waitForSelector("#fresh-key");
  await shot(page, "keys-phone");
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
  expect(faults).toEqual([]);
  await page.context().close();
}, 60_000);
