// Money on its way back, in a real browser: an operator finds an order and gives one ticket of it back, on
// a phone in Korean and without a mouse; its fan gives back the other one from the link of the mail.

import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { pages } from "../../src/web/pages.ts";
import { buildSite } from "../../src/web/build.ts";
import type { HoldView, OrderView } from "../../src/wire/contract.ts";
import { type BoxOfficeUnderTest, startBoxOffice } from "../support/box-office.ts";
import { launchChromium } from "../support/chromium.ts";
import { startDesk, type TestDesk } from "../support/desk.ts";

let office: BoxOfficeUnderTest;
let desk: TestDesk;
let browser: Browser;
const faults: string[] = [];
/** One for the operator, one for its fan. */
let orders: { haneul: OrderView; sora: OrderView };

beforeAll(async () => {
  const wanted = ["orderPage", "deskPage"];
  const site = await buildSite({ only: pages.filter(({ page }) => wanted.includes(page)) });
  office = await startBoxOffice(undefined, { site });
  const { catalog } = office.stores;
  const onSale = await catalog.onSale(office.onSale.onSaleId);
  if (onSale === undefined) throw new Error("no on-sale");
  const settings = { ...onSale.settings, fanCancelBeforeMs: 3_600_000, fanCancelFee: 4_000 };
  await catalog.update(onSale.onSaleId, onSale.version, { settings });
  orders = { haneul: await bought("haneul"), sora: await bought("sora") };
  // From here on the desk's pacer has the line; what is left of the shop are pages of orders.
  desk = await startDesk({ site, on: { records: office, gateway: office.sandbox.gateway } });
  browser = await launchChromium();
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await desk?.stop();
  await office?.stop();
});

async function bought(name: string): Promise<OrderView> {
  const fan = await office.shopper();
  const held = await fan.call("POST", "/holds", { bestAvailable: { count: 2 } });
  const { holdId } = (await held.json()) as HoldView;
  const buyer = { name, email: `${name}@example.test`, locale: "ko" };
  const paymentMethod = await office.sandbox.card();
  const made = await fan.call("POST", "/orders", { holdId, buyer, paymentMethod });
  const { orderId } = (await made.json()) as OrderView;
  for (;;) {
    const view = (await (await fan.call("GET", `/orders/${orderId}`)).json()) as OrderView;
    if (view.state === "confirmed") return view;
    await Bun.sleep(20);
  }
}

async function visit(address: string, width: number, locale: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 844 }, locale });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on("pageerror", (error) => faults.push(String(error)));
  await page.goto(address);
  return page;
}

test("an operator finds the order and gives a ticket back, by keyboard, on a phone in Korean", async () => {
  const order = orders.haneul;
  const page = await visit(`${desk.address}/desk/orders`, 390, "ko-KR");
  await page.fill("input[name=email]", desk.owner.email);
  await page.fill("input[name=password]", desk.owner.password);
  await page.keyboard.press("Enter");
  await page.fill("#find-order", "haneul@example.test");
  await page.keyboard.press("Enter");
  await page.locator(".find-order .order-list a").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector("h2:has-text('우리 장부와 결제사 장부')");
  expect(await page.textContent(".book")).toContain("두 장부가 같습니다");
  const box = page.locator(".give-back fieldset input").nth(1);
  await box.focus();
  await page.keyboard.press("Space");
  const price = order.seats[0]?.price.amount ?? 0;
  await page.waitForSelector(`.effect:has-text('${price.toLocaleString("ko")}')`);
  await page.locator("#refund-reason").focus();
  await page.keyboard.type("공연 날짜를 착각하심");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".told.good");
  await page.waitForSelector(".refund.refunded");
  expect(await page.textContent(".refund")).toContain("공연 날짜를 착각하심");
  await page.waitForSelector(".order-seats li:first-child:has-text('환불됨')");
  const [ledger] = (await office.sandbox.ledger()).filter(
    ({ orderId }) => orderId === order.orderId,
  );
  expect(ledger).toMatchObject({ refunded: price });
  await page.context().close();
}, 40_000);

test("a fan gives a ticket back from the mail's link, told before what comes back", async () => {
  const order = orders.sora;
  const { onSaleId, orderId, buyerCode } = order;
  const address = `${office.origin}/o/${onSaleId}/${orderId}#b=${buyerCode}`;
  const page = await visit(address, 1_280, "en-GB");
  await page.click(".give-back summary");
  await page.locator(".give-back-form input").first().check();
  const back = (order.seats[0]?.price.amount ?? 0) - 4_000;
  await page.click(`.give-back-form button:has-text('${back.toLocaleString("en")}')`);
  await page.waitForSelector("[role=alertdialog]:has-text('cannot be undone')");
  // Second thoughts cost nothing.
  await page.click("[role=alertdialog] .plain");
  expect((await office.stores.refunds.ofOrder(orderId)).length).toBe(0);
  await page.click(".give-back-form button.wide");
  await page.click("[role=alertdialog] .primary");
  await page.waitForSelector(".given:has-text('Paid back')");
  expect(await page.locator(".stub-open.faint").textContent()).toBe("Given back");
  expect(faults).toEqual([]);
  await page.context().close();
}, 40_000);

test("what is answered at a stuck refund is in sight where it was pressed, and goes when it is over", async () => {
  const { orderId } = orders.haneul;
  await office.sandbox.behave({ operation: "refund", conduct: "decline", order: orderId });
  const page = await visit(`${desk.address}/desk/orders/${orderId}`, 390, "en-GB");
  await page.fill("input[name=email]", desk.owner.email);
  await page.fill("input[name=password]", desk.owner.password);
  await page.keyboard.press("Enter");
  await page.locator(".give-back fieldset input").first().check();
  await page.fill("#refund-reason", "cannot come");
  await page.click(".give-back button.grave:enabled");
  await page.waitForSelector(".refund.stuck");
  const { refunds } = office.stores;
  const stuck = (await refunds.ofOrder(orderId)).find(({ state }) => state === "stuck");
  const [held] = await refunds.lease({ limit: 1, leaseMs: 12_000, refundId: stuck!.refundId });
  expect(held).toBeDefined();
  await page.click(".refund.stuck .primary");
  const told = page.locator(".told.bad:has-text('at the latest')");
  await told.waitFor();
  const top = await told.evaluate((at) => at.getBoundingClientRect().top);
  expect(await page.evaluate(() => scrollY)).toBeGreaterThan(300);
  expect(top).toBeGreaterThanOrEqual(0);
  expect(top).toBeLessThan(844 / 2);
  const isOver = () => document.querySelector(".one-order .told")?.textContent === "";
  await page.waitForFunction(isOver, undefined, { timeout: 25_000 });
  await page.context().close();
}, 60_000);
