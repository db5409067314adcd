// A real browser for the journeys: playwright-core drives the machine's own Chromium, so nothing is
// downloaded. WebGL runs on SwiftShader, because test machines have no graphics card and the seat
// map draws with it. Whoever launches it closes it; scripts/suite installs it where it may.

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { Fault } from "../../src/foundation/fault.ts";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const elsewhere = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

const flags = [
  "--no-sandbox",
  "--disable-dev-shm-usage",
  // No GPU, yet WebGL: the software renderer must be asked for by name.
  "--disable-gpu",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  // Nothing but the pages under test: no HTTP/3, no first-run pages, no talk to its maker.
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The browser's path, or undefined. USHER_CHROMIUM names another one. */
export function findChromium(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const named = environment["USHER_CHROMIUM"];
  if (named !== undefined && named !== "") return named;
  const folders = (environment["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [...candidates, ...elsewhere].find((path) => existsSync(path));
}

/** @throws Fault `chromium-missing` with what to install. */
export async function launchChromium(more: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Fault(
      "chromium-missing",
      [
        "browser journeys need Chromium or Chrome, and none was found on the PATH.",
        "  mend: apt-get install chromium fonts-noto-cjk (Debian, Ubuntu), or set USHER_CHROMIUM to its path.",
      ].join("\n"),
    );
  }
  return await chromium.launch({
    executablePath,
    headless: true,
    args: [...flags, ...more],
    timeout: 60_000,
  });
}
