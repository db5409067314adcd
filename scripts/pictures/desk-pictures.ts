// The operator's desk in pictures: signed in as the first operator, while the demo sale runs.

import type { Platform } from "../../src/cli/platform/platform.ts";
import { pathTo } from "../../src/wire/routes.ts";
import type { Locale } from "../../src/web/i18n/i18n.ts";
import type { Album } from "./album.ts";

const patience = { timeout: 30_000 };
const locales: readonly Locale[] = ["en", "ko"];

export async function deskPictures(platform: Platform, album: Album): Promise<void> {
  const { firstOperator, origin, demo } = platform;
  if (firstOperator === undefined || demo === undefined) {
    throw new Error("a fresh platform has its first operator and its demo");
  }
  for (const locale of locales) {
    const page = await (await album.open({ locale, device: "desktop", dark: true })).newPage();
    await page.goto(origin + pathTo("deskPage"));
    await page.fill("input[name=email]", firstOperator.email, patience);
    await page.fill("input[name=password]", firstOperator.password);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".frame", patience);
    await page.locator(`a[href*="${demo}"]`).first().click();
    await page.waitForSelector(".sale .tile", patience);
    await Bun.sleep(4_000); // the curves come by the second
    await album.take(page, `desk.${locale}`);
  }
}
