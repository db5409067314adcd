// A fan's way in pictures, in both languages: the waiting page on a phone, the seat map on a desktop,
// payment and tickets on the phone again.

import type { Page } from "playwright-core";
import type { Platform } from "../../src/cli/platform/platform.ts";
import { pathTo } from "../../src/wire/routes.ts";
import type { Locale } from "../../src/web/i18n/i18n.ts";
import type { Album } from "./album.ts";
import type { Crowd } from "./crowd.ts";

const patience = { timeout: 90_000 };
const buyers = {
  ko: { name: "김하늘", email: "haneul@example.com" },
  en: { name: "Haneul Kim", email: "haneul@example.com" },
} as const;

export async function fanPictures(platform: Platform, album: Album, crowd: Crowd): Promise<void> {
  const address = platform.origin + pathTo("waitingPage", { onSaleId: crowd.onSaleId });
  const locales: readonly Locale[] = ["en", "ko"];
  const phones: [Locale, Page][] = [];
  const desktops: [Locale, Page][] = [];
  for (const locale of locales) {
    phones.push([locale, await (await album.open({ locale, device: "phone" })).newPage()]);
    desktops.push([locale, await (await album.open({ locale, device: "desktop" })).newPage()]);
  }
  for (const [, page] of [...phones, ...desktops]) await page.goto(address);
  for (const [, page] of phones) await scene(page, ["pre-queue"]);
  // Whoever the draw put right at the front is past the picture already: the wait is all the same one.
  for (const [locale, page] of phones) {
    await scene(page, ["waiting", "turn"]);
    await page.waitForFunction(
      () => /\d/.test(document.getElementById("facts")?.textContent ?? ""),
      undefined,
      patience,
    );
    await checkDraw(page);
    await album.take(page, `waiting.${locale}`);
  }
  await crowd.pace({ ratePerSec: 200, maxCapacity: 4_000 });
  for (const [, page] of [...desktops, ...phones]) {
    await page.waitForURL((url) => url.pathname.startsWith("/s/"), patience);
  }
  await crowd.hold(300);
  for (const [locale, page] of desktops) await seatMap(album, page, locale);
  for (const [locale, page] of phones) await buy(album, page, locale);
}

async function checkDraw(page: Page): Promise<void> {
  if (!(await page.isVisible("#check"))) return;
  await page.evaluate(() => document.getElementById("check")?.click());
  await page.waitForSelector("#checks li:nth-child(2)", patience);
}

/** The house, then the own seats in it. */
async function seatMap(album: Album, page: Page, locale: Locale): Promise<void> {
  await page.waitForSelector(".map-ground canvas", patience);
  await page.waitForSelector(".legend-entry", patience);
  await settle();
  await album.take(page, `map.${locale}`);
  await page.locator(".stepper button").last().click();
  await page.locator(".best .best-row button[type=submit]").click();
  await page.waitForSelector(".checkout .back", patience);
  await page.locator(".checkout .back").click();
  await page.waitForSelector(".map-ground canvas", patience);
  await settle();
  const box = await page.locator(".map-ground").boundingBox();
  if (box === null) throw new Error("the map has no place on the page");
  await page.mouse.click(box.x + box.width * 0.55, box.y + box.height * 0.36);
  await settle();
  await album.take(page, `seats.${locale}`);
}

/** The map glides and its sections arrive one by one; their end is told to nobody outside. */
const settle = () => Bun.sleep(2_000);

async function buy(album: Album, page: Page, locale: Locale): Promise<void> {
  const { name, email } = buyers[locale];
  await page.waitForSelector(".best", patience);
  await page.locator(".best .best-row button[type=submit]").click();
  await page.waitForSelector("#card-number", patience);
  await page.fill("#buyer-name", name);
  await page.fill("#buyer-email", email);
  await page.selectOption("#test-card", { value: "4242424242424242" });
  await page.waitForFunction(() => {
    const field = document.getElementById("card-number");
    return field instanceof HTMLInputElement && field.value !== "";
  });
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
  await album.take(page, `payment.${locale}`, "whole");
  await page.locator(".pay").click();
  await page.waitForSelector(".stub", patience);
  const ticket = page.locator(".stub a").first();
  const address = await ticket.getAttribute("href");
  await page.goto(new URL(address ?? "", page.url()).href);
  await page.waitForSelector(".code img", patience);
  await album.take(page, `ticket.${locale}`);
}

async function scene(page: Page, wanted: readonly string[]): Promise<void> {
  await page.waitForFunction(
    (names) => names.includes(document.documentElement.dataset["scene"] ?? ""),
    wanted,
    patience,
  );
}
