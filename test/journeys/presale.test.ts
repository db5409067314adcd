// A presale from both sides in a real browser: the desk makes codes, the file has them, the waiting page
// asks for one, says what is wrong with what was typed, and gives the place; with a keyboard alone.

import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { readPresaleCode, writePresaleCode } from "../../src/domain/waiting-room/presale-code.ts";
import { newId } from "../../src/foundation/ids.ts";
import { pathTo } from "../../src/wire/routes.ts";
import { buildSite } from "../../src/web/build.ts";
import { pages } from "../../src/web/pages.ts";
import { launchChromium } from "../support/chromium.ts";
import { startDesk, type TestDesk } from "../support/desk.ts";
import { type GatewayUnderTest, gatewayUnderTest } from "../support/gateway-under-test.ts";

let desk: TestDesk;
let gateway: GatewayUnderTest;
let browser: Browser;
const faults: string[] = [];
const patience = { timeout: 20_000 };

beforeAll(async () => {
  const site = await buildSite({ only: pages.filter(({ page }) => page === "deskPage") });
  [desk, gateway, browser] = await Promise.all([
    startDesk({ site }),
    gatewayUnderTest(600_000, {}, { joinProof: "presale-code" }),
    launchChromium(),
  ]);
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await Promise.all([desk?.stop(), gateway?.close()]);
}, 30_000);

async function opened(address: string, width: number, locale: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 844 }, locale });
  const page = await context.newPage();
  page.setDefaultTimeout(patience.timeout);
  page.on("pageerror", (error) => faults.push(String(error)));
  await page.goto(address);
  return page;
}
const shot = async (page: Page, name: string) => {
  const folder = process.env["USHER_SHOTS"];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
};
const scene = (page: Page, wanted: string) =>
  page.waitForFunction(
    (name) => document.documentElement.dataset["scene"] === name,
    wanted,
    patience,
  );

test("the desk makes a batch, lists it, and the file has every code of it", async () => {
  const { catalog } = desk.stores;
  const settings = { ...desk.onSale.settings, joinProof: "presale-code" as const };
  // The pacer may move its phase in between.
  const changed = async () => {
    const version = (await catalog.onSale(desk.onSale.onSaleId))?.version ?? 0;
    return (await catalog.update(desk.onSale.onSaleId, version, { settings })).kind === "updated";
  };
  while (!(await changed())) await Bun.sleep(20);
  const page = await opened(`${desk.address}/desk/on-sales/${desk.onSale.onSaleId}`, 1280, "ko-KR");
  await page.fill("input[name=email]", desk.owner.email);
  await page.fill("input[name=password]", desk.owner.password);
  await page.keyboard.press("Enter");
  await page.waitForSelector("text=아직 만든 코드가 없습니다");
  await page.fill("#codes-name", "한빛 팬클럽");
  await page.fill("#codes-codes", "2500");
  await page.fill("#codes-placesPerCode", "2");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".batches li:has-text('한빛 팬클럽')");
  await shot(page, "presale-desk-ko");
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.click("text=파일 받기(CSV)"),
  ]);
  expect(file.suggestedFilename()).toBe("presale-codes-1.csv");
  const lines = (await Bun.file(await file.path()).text()).trim().split("\r\n");
  expect(lines.length).toBe(2_501);
  expect(lines[0]).toBe("code,places");
  const keys = await desk.stores.keys.sealing("queue-token");
  const readings = lines.slice(1).map((line) => {
    const [code = "", places] = line.split(",");
    expect(places).toBe("2");
    return readPresaleCode(keys, code, desk.onSale.onSaleId);
  });
  expect(readings.every(({ kind }) => kind === "valid")).toBe(true);
  expect(new Set(lines).size).toBe(2_501);
  const actions = (await desk.stores.operators.auditTrail(10)).map(({ action }) => action);
  expect(actions).toContain("presale-codes.make");
  expect(actions).toContain("presale-codes.write-out");
  await page.context().close();
}, 60_000);

test("the waiting page asks for the code, tells a slip, keeps the focus, and gives the place", async () => {
  const { onSaleId } = gateway.onSale;
  const [key] = await gateway.stores.keys.sealing("queue-token");
  const code = writePresaleCode(key, onSaleId, { batch: 1, number: 7, places: 1 });
  const page = await opened(gateway.url + pathTo("waitingPage", { onSaleId }), 390, "ko-KR");
  await scene(page, "code");
  expect(await page.textContent("#next")).toBe(
    "선예매 코드가 있어야 줄을 설 수 있습니다. 받으신 코드를 입력해 주세요.",
  );
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("code");
  expect(await page.getByLabel("선예매 코드").count()).toBe(1);
  await shot(page, "presale-ask-ko");

  await page.keyboard.type("12345");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#next:has-text('코드를 다시 확인해 주세요')", patience);
  expect(await page.textContent("#said")).toContain("코드를 다시 확인해 주세요");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("code");
  await shot(page, "presale-slip-ko");

  const stranger = writePresaleCode(key, newId("on-sale"), { batch: 1, number: 7, places: 1 });
  await page.fill("#code", stranger);
  await page.keyboard.press("Enter");
  await page.waitForSelector("#next:has-text('이 예매의 코드가 아닙니다')", patience);
  await page.fill("#code", code.toLowerCase());
  await page.keyboard.press("Enter");
  await scene(page, "pre-queue");
  expect(await page.isVisible("#ask")).toBe(false);
  await page.reload();
  await scene(page, "pre-queue");

  // The same code on another device, in English: the same place.
  const laptop = await opened(gateway.url + pathTo("waitingPage", { onSaleId }), 1280, "en-GB");
  await scene(laptop, "code");
  expect(await laptop.textContent("#next")).toContain("This line needs a presale code");
  await laptop.fill("#code", code);
  await laptop.click("#join");
  await scene(laptop, "pre-queue");
  const index = (of: Page) =>
    of.evaluate(() => JSON.parse(Object.values(localStorage)[0] as string).place.index as number);
  expect(await index(laptop)).toBe(await index(page));
  expect(faults).toEqual([]);
  await page.context().close();
  await laptop.context().close();
}, 60_000);
