// Takes and keeps pictures: one look for all,
// animations stopped, so that two runs differ only in what the platform itself decided.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { Locale } from "../../src/web/i18n/i18n.ts";

export type Look = { locale: Locale; device: "phone" | "desktop"; dark?: boolean };

export type Album = {
  readonly taken: number;
  open(look: Look): Promise<BrowserContext>;
  /** @param part the whole page, also what would have to be scrolled to. */
  take(page: Page, name: string, part?: "window" | "whole"): Promise<void>;
};

const maxBytes = 300_000;
const sizes = {
  phone: { viewport: { width: 390, height: 800 }, deviceScaleFactor: 1.5, hasTouch: true },
  desktop: { viewport: { width: 1120, height: 720 }, deviceScaleFactor: 1 },
} as const;

export function openAlbum(browser: Browser, folder: string, say: (line: string) => void): Album {
  let taken = 0;
  return {
    get taken() {
      return taken;
    },
    open: ({ locale, device, dark = false }) =>
      browser.newContext({
        ...sizes[device],
        locale: locale === "ko" ? "ko-KR" : "en-GB",
        timezoneId: "Asia/Seoul",
        colorScheme: dark ? "dark" : "light",
        reducedMotion: "reduce",
      }),
    async take(page, name, part = "window") {
      const path = join(folder, `${name}.png`);
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({
        path,
        animations: "disabled",
        caret: "hide",
        fullPage: part === "whole",
      });
      const { size } = await stat(path);
      if (size > maxBytes) throw new Error(`${name}.png has ${size} bytes, at most ${maxBytes}`);
      taken++;
      say(`  ${String(Math.round(size / 1000)).padStart(4)} KB  ${name}.png`);
    },
  };
}
