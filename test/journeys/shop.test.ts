// The fan's way through the whole platform in a real browser: from the waiting page to the tickets, on a
// phone in Korean by touch, and on a desktop in English with the keyboard alone; a declined card and
// another one, a bank that wants proof, seats that somebody else was faster to take, a line without
// live stream.

import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { readTicketCode } from "../../src/wire/tickets/ticket-code.ts";
import { pathTo } from "../../src/wire/routes.ts";
import { launchChromium } from "../support/chromium.ts";
import {
  chooseFromList,
  confirmed,
  desktop,
  fillBuyer,
  intoTheShop,
  patience,
  phone,
  walk,
} from "../support/fan-browser.ts";
import { newFan } from "../support/fan-client.ts";
import { opened, type TestPlatform, testPlatform } from "../support/platform.ts";
import { until } from "../support/until.ts";

let platform: TestPlatform;
let browser: Browser;

beforeAll(async () => {
  [platform, browser] = await Promise.all([testPlatform(), launchChromium()]);
  await opened(platform.origin, platform.onSale.onSaleId);
}, 60_000);
afterAll(async () => {
  await browser?.close();
  await platform?.close();
}, 30_000);

async function payWith(page: Page, card: string): Promise<void> {
  await page.waitForSelector(`#test-card option[value="${card}"]`, { state: "attached" });
  await page.selectOption("#test-card", card);
  await page.locator("button.pay").click();
}

/** Nothing of the page sticks out sideways. */
const overflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

test("a phone in Korean: hold, more time, a declined card, another, tickets and mail", async () => {
  await walk(browser, phone, async (page) => {
    await intoTheShop(page, platform);
    expect(await page.textContent("h1")).toBe("바람이 머무는 밤");
    expect(await overflow(page)).toBe(0);
    await chooseFromList(page, [0, 1]);
    const answered = Promise.withResolvers<void>();
    const holds = pathTo("holds", { onSaleId: platform.onSale.onSaleId });
    await page.route(`**${holds}`, async (route) => {
      if (route.request().method() === "POST") await answered.promise;
      await route.continue();
    });
    await page.locator(".panel-foot button.primary").click();
    await page.waitForSelector(".notice:has-text('평소보다 오래')");
    answered.resolve();
    await page.waitForSelector(".held");
    await page.unroute(`**${holds}`);
    await page.waitForSelector(".notice:has-text('평소보다 오래')", { state: "detached" });
    const clock = page.locator("[role=timer]").first();
    expect(await clock.textContent()).toMatch(/\d:\d\d/);

    const deadlineOf = async () => {
      const reply = await page.evaluate(async (path) => {
        const response = await fetch(path);
        return (await response.json()) as { hold: { deadline: number } };
      }, holds);
      return reply.hold.deadline;
    };
    const before = await deadlineOf();
    await page.locator(".extend button").first().click();
    await until("the hold to be longer", async () => (await deadlineOf()) > before);

    // A reload keeps the hold; so does the way to the payment and back.
    await page.reload();
    await page.waitForSelector("form.checkout-form");
    expect(await page.locator(".held .seat-line").count()).toBe(2);
    expect(await overflow(page)).toBe(0);
    await page.goBack();
    await page.locator(".panel-foot button.primary").click();
    await page.waitForSelector("form.checkout-form");
    await fillBuyer(page, "phone@example.com");
    expect(await page.textContent("button.pay")).toContain("300,000");
    await payWith(page, "4000000000000002");

    await page.waitForURL((url) => url.pathname.startsWith("/o/"), patience);
    await page.waitForSelector(".now.state-draft .again, .now.state-draft form, .again");
    expect(await page.textContent(".now")).toContain("결제");
    await payWith(page, "4242424242424242");
    await confirmed(page);
    expect(await page.locator(".stub").count()).toBe(2);
    expect(await overflow(page)).toBe(0);

    const address = await page.locator("a.stub-open").first().getAttribute("href");
    // In the fragment the holder's own code, by which a ticket may be given away.
    const [path = "", holder] = address?.split("#h=") ?? [];
    expect(holder).toBeTruthy();
    const code = decodeURIComponent(path.replace(/^\/t\//, ""));
    const keys = (await (await fetch(platform.origin + pathTo("ticketKeys"))).json()) as {
      keys: Parameters<typeof readTicketCode>[0];
    };
    expect(await readTicketCode(keys.keys, code)).toMatchObject({ kind: "valid" });
    await page.locator("a.stub-open").first().click();
    const picture = page.locator(".code img");
    await picture.waitFor();
    await until("the code to be drawn", () =>
      picture.evaluate((image) => (image as HTMLImageElement).naturalWidth > 0),
    );
    expect(await page.textContent("body")).toContain("플로어");
    expect(await overflow(page)).toBe(0);

    await until("the mail in the mailbox", async () => {
      const list = await (await fetch(platform.mailboxOrigin)).text();
      return list.includes("phone@example.com");
    });
  });
}, 120_000);

test("a desktop in English, keyboard only: the bank wants proof, and gives it back", async () => {
  await walk(browser, desktop, async (page) => {
    await intoTheShop(page, platform);
    const onto = async (selector: string) => {
      for (let presses = 0; presses < 120; presses++) {
        if (await page.evaluate((css) => document.activeElement?.matches(css), selector)) return;
        await page.keyboard.press("Tab");
      }
      throw new Error(`Tab never came to ${selector}`);
    };
    await onto(".view-switch button:nth-child(2)");
    await page.keyboard.press("Enter");
    await onto(".list button");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".seat-grid");
    await onto(".seat-grid button");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".choice .seat-line:nth-child(2)");
    await onto(".panel-foot button.primary:not([disabled])");
    await page.keyboard.press("Enter");
    await page.waitForSelector("form.checkout-form");
    // An empty form says what is missing, and puts the cursor there.
    await onto("button.pay");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#buyer-name:focus");
    await page.keyboard.type("Robin Park");
    await page.keyboard.press("Tab");
    // What has been mended is no longer called wrong, and the rest still is.
    await page.waitForSelector("#buyer-name[aria-invalid=false]");
    expect(await page.locator(".field-wrong").count()).toBe(4);
    await page.keyboard.type("robin@example.com");
    await onto("#card-number");
    await page.keyboard.type("4000000000003220");
    await page.keyboard.press("Tab");
    await page.keyboard.type("1230");
    await page.keyboard.press("Tab");
    await page.keyboard.type("123");
    await onto("button.pay");
    await page.keyboard.press("Enter");

    await page.waitForSelector(".now.state-requires-action", patience);
    await onto("a.button.primary");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.origin === platform.paymentsOrigin, patience);
    await onto("button[value=approve]");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname.startsWith("/o/"), patience);
    await confirmed(page);
    expect(await page.locator(".stub").count()).toBe(2);
    expect(await page.textContent(".now")).toContain("Your tickets are ready");
  });
}, 120_000);

test("the reply to the payment is lost: the order is found all the same, and paid once", async () => {
  await walk(browser, desktop, async (page) => {
    await intoTheShop(page, platform);
    await chooseFromList(page, [20]);
    await page.locator(".panel-foot button.primary").click();
    await page.waitForSelector("form.checkout-form");
    await fillBuyer(page, "lost@example.com");
    let lost = 0;
    await page.route("**/api/on-sales/*/orders", async (route) => {
      if (route.request().method() !== "POST" || lost === 2) return await route.continue();
      await route.fetch();
      lost++;
      await route.abort("connectionreset");
    });
    await payWith(page, "4000000000005126");
    // Another tab, meanwhile, knows of no order; it asks, and leads there.
    await until("the first reply to be lost", () => lost > 0);
    const tab = await page.context().newPage();
    await tab.goto(
      `${platform.origin}${pathTo("shopPage", { onSaleId: platform.onSale.onSaleId })}#pay`,
    );
    await tab.locator(`main.end a[href^="/o/"]`).waitFor();
    await page.waitForURL((url) => url.pathname.startsWith("/o/"), patience);
    expect(lost).toBe(2);
    await confirmed(page);
    expect(await page.locator(".stub").count()).toBe(1);
    const orderId = page.url().split("/").at(-1);
    let captured = 0;
    for await (const payments of platform.shop.payments.ledger(0))
      for (const payment of payments) if (payment.orderId === orderId) captured += payment.captured;
    expect(captured).toBe(150_000);
  });
}, 60_000);

test("somebody else is faster: the seat is named, the rest of the choice is kept", async () => {
  await walk(browser, desktop, async (page) => {
    const rival = await newFan(platform.origin, platform.onSale.onSaleId).arrive();
    // The page does not hear of the rival's hold, as in the second in which it is under way.
    await page.route("**/availability/live", (route) => route.abort());
    await intoTheShop(page, platform);
    await chooseFromList(page, [30, 31, 32]);
    expect((await rival.hold({ seats: [31] })).status).toBe(201);
    await page.locator(".panel-foot button.primary").click();
    const notice = page.locator(".notice.warn", { hasText: "Somebody else was faster" });
    await notice.waitFor();
    expect(await notice.textContent()).toContain("Floor, row 4, seat 2");
    await page.waitForSelector(".panel-foot button.primary:not([disabled])");
    const kept = await page.locator(".choice .seat-line strong").allTextContents();
    expect(kept).toEqual(["Floor, row 4, seat 1", "Floor, row 4, seat 3"]);
    await page.locator(".panel-foot button.primary").click();
    await page.waitForSelector(".held");
    expect(await page.locator(".held .seat-line").count()).toBe(2);
  });
}, 60_000);

test("without the live stream, asking now and then leads to the shop too", async () => {
  await walk(browser, phone, async (page) => {
    let blocked = 0;
    await page.route("**/q/*/live", (route) => {
      blocked++;
      return route.abort();
    });
    await intoTheShop(page, platform);
    expect(blocked).toBeGreaterThan(0);
  });
}, 60_000);

test("the shop without an admission sends the fan to the line, and says why", async () => {
  await walk(browser, phone, async (page) => {
    await page.goto(platform.origin + pathTo("shopPage", { onSaleId: platform.onSale.onSaleId }));
    const back = page.locator(
      `a[href="${pathTo("waitingPage", { onSaleId: platform.onSale.onSaleId })}"]`,
    );
    await back.waitFor();
    expect(await page.textContent("h1")).toContain("아직 입장 전");
  });
}, 60_000);
