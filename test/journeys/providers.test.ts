// A fan pays with Stripe and with Toss Payments in a real browser, on a whole platform that is set up for
// them: to the provider's page by itself, a card, the way back, tickets. The provider is the sandbox in
// their protocols; Stripe's real page and Toss's real window cannot be had here.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
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
import type { TestPlatform } from "../support/platform.ts";
import { type ProviderPlatform, providerPlatform } from "../support/provider-platform.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
}, 60_000);
afterAll(() => browser?.close());

async function toCheckout(page: Page, platform: TestPlatform, seats: number[]): Promise<void> {
  await intoTheShop(page, platform);
  await chooseFromList(page, seats);
  await page.locator(".panel-foot button.primary").click();
  await page.waitForSelector("form.checkout-form");
}

for (const dialect of ["stripe", "toss"] as const)
  describe(dialect, () => {
    let running: ProviderPlatform;
    beforeAll(async () => {
      running = await providerPlatform(dialect);
    }, 60_000);
    afterAll(() => running?.close(), 30_000);

    const atProvider = (page: Page) =>
      page.waitForURL((url) => url.origin === running.sandbox.address, patience);
    const card = (page: Page, number: string) => page.locator(`button[value="${number}"]`).click();

    test(`${dialect}: no card field of ours; to the provider's page, a proof, and back to the tickets`, async () => {
      await walk(browser, desktop, async (page) => {
        await toCheckout(page, running.platform, [0, 1]);
        expect(await page.locator("#card-number").count()).toBe(0);
        expect(await page.locator(".checkout .notice").textContent()).toContain(
          dialect === "stripe" ? "Stripe" : "Toss Payments",
        );
        await fillBuyer(page, `${dialect}@example.com`);
        await page.locator("button.pay").click();
        await atProvider(page);
        await card(page, "4000000000003220");
        await page.locator('button[value="approve"]').click();
        await page.waitForURL((url) => url.pathname.startsWith("/o/"), patience);
        await confirmed(page);
      });
      const [payment] = await ledgerOf(running.platform);
      expect(payment).toMatchObject({ captured: payment?.amount.amount, refunded: 0 });
    }, 60_000);

    test(`${dialect}: a fan who comes back unpaid finds the order and a button, and pays`, async () => {
      await walk(browser, phone, async (page) => {
        await toCheckout(page, running.platform, [2]);
        await fillBuyer(page, `${dialect}-phone@example.com`);
        await page.locator("button.pay").click();
        await atProvider(page);
        await page.locator('button[value="leave"]').click();
        await page.waitForSelector(".now.state-requires-action", patience);
        // It stays here; the provider's page does not open by itself again.
        await page.locator("a.button.primary.wide").click();
        await atProvider(page);
        await card(page, "4242424242424242");
        await confirmed(page);
      });
    }, 60_000);
  });

test("toss: the page that opens the window leads nowhere but back to us", async () => {
  const running = await providerPlatform("toss");
  try {
    await walk(browser, desktop, async (page) => {
      const asked: string[] = [];
      page.on("request", (request) => asked.push(request.url()));
      const facts = new URLSearchParams({
        order: "or_x-1",
        amount: "1",
        back: "https://evil.example/",
      });
      await page.goto(`${running.platform.origin}${pathTo("tossPage")}#${facts}`);
      await page.getByText("The payment window did not open").waitFor();
      expect(await page.locator("a, button").count()).toBe(0);
      expect(asked.filter((url) => !url.startsWith(running.platform.origin))).toEqual([]);
    });
  } finally {
    await running.close();
  }
}, 60_000);

async function ledgerOf({ shop }: TestPlatform) {
  const all = [];
  for await (const page of shop.payments.ledger(0)) all.push(...page);
  return all;
}
