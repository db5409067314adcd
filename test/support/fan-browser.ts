// What journeys of a fan have in common: a fresh browser profile on a phone or a desktop, in which
// whatever the page throws or the policy blocks fails the journey, and the way as far as the checkout.

import { expect } from "bun:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { pathTo } from "../../src/wire/routes.ts";
import type { TestPlatform } from "./platform.ts";

export const patience = { timeout: 20_000 };

export const phone: BrowserContextOptions = {
  locale: "ko-KR",
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  deviceScaleFactor: 2,
};
export const desktop: BrowserContextOptions = {
  locale: "en-US",
  viewport: { width: 1280, height: 800 },
};

export type Walk = (page: Page, faults: string[]) => Promise<void>;

/** A fresh browser profile at the waiting page; whatever the page throws fails the journey. */
export async function walk(
  browser: Browser,
  device: BrowserContextOptions,
  steps: Walk,
): Promise<void> {
  const context = await browser.newContext(device);
  context.setDefaultTimeout(patience.timeout);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (said) => {
    if (/Content Security Policy/.test(said.text())) faults.push(said.text());
  });
  try {
    await steps(page, faults);
    expect(faults).toEqual([]);
  } finally {
    await context.close();
  }
}

export const waitingPageOf = ({ origin, onSale }: TestPlatform) =>
  origin + pathTo("waitingPage", { onSaleId: onSale.onSaleId });

/** Waits in line as far as the shop; the page goes there by itself. */
export async function intoTheShop(page: Page, platform: TestPlatform): Promise<void> {
  await page.goto(waitingPageOf(platform));
  await page.waitForURL((url) => url.pathname.startsWith("/s/"), patience);
  await page.waitForSelector(".shop");
}

export async function chooseFromList(page: Page, seats: readonly number[]): Promise<void> {
  await page.locator(".view-switch button").nth(1).click();
  await page
    .getByRole("button", { name: /Floor|플로어/ })
    .first()
    .click();
  for (const seat of seats) await page.locator(`[data-seat="${seat}"]`).click();
}

export async function fillBuyer(page: Page, email: string): Promise<void> {
  await page.fill("#buyer-name", "김하늘");
  await page.fill("#buyer-email", email);
}

export const confirmed = (page: Page) => page.waitForSelector(".now.state-confirmed", patience);
