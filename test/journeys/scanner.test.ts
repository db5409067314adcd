// A gate in a real Chromium: a phone is signed in with a code from the desk, reads a QR from its camera
// (a video that the test draws), takes typed codes, goes on without a network (page, judgement, kept
// scans), and two such gates that let the same ticket in are told so once they are back.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import QRCode from "qrcode";
import { hashOfSecret, newDeviceCode } from "../../src/box-office/door/gate-guard.ts";
import { newGateDeviceId, newGateId } from "../../src/foundation/after-sale-ids.ts";
import { buildSite } from "../../src/web/build.ts";
import { pages } from "../../src/web/pages.ts";
import { type BoxOfficeUnderTest, startBoxOffice } from "../support/box-office.ts";
import { launchChromium } from "../support/chromium.ts";
import { phone } from "../support/fan-browser.ts";
import { until } from "../support/until.ts";
import { buyTickets } from "../support/tickets.ts";

let shop: BoxOfficeUnderTest;
let browser: Browser;
let folder = "";
let origin = "";
let cameraCode = "";
const faults: string[] = [];

beforeAll(async () => {
  const site = await buildSite({ only: pages.filter(({ page }) => page === "scanPage") });
  shop = await startBoxOffice(undefined, { site });
  origin = new URL(shop.api).origin.replace("127.0.0.1", "localhost");
  cameraCode = (await buyTickets(shop, [0])).codes[0] ?? "";
  folder = await mkdtemp(join(tmpdir(), "usher-scanner-"));
  const video = join(folder, "qr.y4m");
  await Bun.write(video, qrVideo(cameraCode));
  browser = await launchChromium([
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    `--use-file-for-fake-video-capture=${video}`,
  ]);
}, 90_000);
afterAll(async () => {
  await browser?.close();
  await shop?.stop();
  await rm(folder, { recursive: true, force: true });
}, 30_000);

/** Two frames of 640 × 480 (YUV4MPEG2), the code in the middle, a little grey as cameras are. */
function qrVideo(code: string): Uint8Array {
  const [width, height, unit] = [640, 480, 6];
  const { size, data } = QRCode.create(code, { errorCorrectionLevel: "M" }).modules;
  const luma = Buffer.alloc(width * height, 205);
  const left = Math.floor((width - size * unit) / 2);
  const top = Math.floor((height - size * unit) / 2);
  for (let y = 0; y < size * unit; y++) {
    for (let x = 0; x < size * unit; x++) {
      const dark = data[Math.floor(y / unit) * size + Math.floor(x / unit)] === 1;
      if (dark) luma[(top + y) * width + left + x] = 45;
    }
  }
  const frame = Buffer.concat([
    Buffer.from("FRAME\n"),
    luma,
    Buffer.alloc(width * height * 0.5, 128),
  ]);
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`);
  return Buffer.concat([head, frame, frame]);
}

async function gateAt(name: string, locale: string, camera: boolean, reEntry = false) {
  const { door } = shop.stores;
  const gateId = newGateId();
  const { performanceId } = shop.performance;
  await door.makeGate({ gateId, performanceId, name, reEntry });
  const code = newDeviceCode();
  const deviceId = newGateDeviceId();
  await door.makeDevice({ deviceId, gateId, codeHash: hashOfSecret(code), codeMs: 60_000 });
  const permissions = camera ? ["camera"] : [];
  const context = await browser.newContext({ ...phone, locale, permissions });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (said) => {
    if (/Content Security Policy/.test(said.text())) faults.push(said.text());
  });
  if (!camera) {
    // A phone whose camera is refused.
    await page.addInitScript(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error("refused"));
    });
  }
  await page.goto(`${origin}/scan`);
  await page.fill("#device-code", code);
  await page.keyboard.press("Enter");
  await page.waitForSelector('.network[data-online="true"]');
  return { context, page, deviceId };
}

async function typed(page: Page, code: string, verdict: string): Promise<string> {
  await page.fill("#code", code);
  await page.keyboard.press("Enter");
  // Emptied once it is answered: the answer before it may say the same.
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>("#code")?.value === "");
  await page.waitForSelector(`.answer[data-verdict="${verdict}"]`);
  return (await page.textContent(".answer")) ?? "";
}

const offline = async ({ context, page }: { context: BrowserContext; page: Page }) => {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await context.setOffline(true);
  await page.waitForSelector('.network[data-online="false"]');
};

test("the camera reads a ticket; shown again it has been used, where and when", async () => {
  const gate = await gateAt("동문", "ko-KR", true);
  await gate.page.waitForSelector('.answer[data-verdict="let-in"]');
  expect(await gate.page.textContent(".answer .word")).toBe("입장");
  const second = await gateAt("West gate", "en-GB", false);
  expect(await typed(second.page, cameraCode, "already-in")).toContain("동문 · entered at");
  expect(await typed(second.page, cameraCode.slice(-12), "already-in")).toContain("Already used");
  expect(await typed(second.page, "nonsense", "not-ours")).toContain("Not valid");
  const wide = await gate.page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
  await gate.context.close();
  await second.context.close();
  expect(faults).toEqual([]);
}, 90_000);

test("two gates without a network let the same ticket in, and are told when they are back", async () => {
  const [east, west] = [await gateAt("East", "en-GB", false), await gateAt("West", "en-GB", false)];
  const bought = await buyTickets(shop, [1, 2]);
  const [code = "", other = ""] = bought.codes;
  await Promise.all([offline(east), offline(west)]);

  // The page itself opens again without a network, still signed in.
  await west.page.reload();
  await west.page.waitForSelector(".scanner");
  expect(await typed(east.page, code, "let-in")).toContain("judged offline");
  expect(await typed(east.page, code, "already-in")).toContain("East");
  expect(await typed(west.page, code, "let-in")).toContain("judged offline");
  expect(await typed(west.page, `${other.slice(0, -3)}AAA`, "not-ours")).toContain("Not valid");
  expect(await typed(west.page, other.slice(-12), "none")).toContain("Cannot tell");

  await east.context.setOffline(false);
  await east.page.waitForSelector('.network[data-online="true"][data-waiting="0"]');
  await west.context.setOffline(false);
  await west.page.waitForSelector('.network[data-conflicts="1"][data-waiting="0"]');
  const { door } = shop.stores;
  await until("the conflict to be at the desk", async () => {
    const found = await door.conflicts(shop.performance.performanceId, 10);
    return found.some(({ here, first }) => here.gate === "West" && first?.gate === "East");
  });

  // Ended at the desk: the phone asks for a new code.
  await door.revokeDevice(east.deviceId);
  await east.page.waitForSelector("#device-code");
  await east.context.close();
  await west.context.close();
  expect(faults).toEqual([]);
}, 120_000);

test("out and in again, also without a network; twice in without a way out between is caught", async () => {
  const gate = await gateAt("Foyer", "en-GB", false, true);
  const { page } = gate;
  const [code = ""] = (await buyTickets(shop, [3])).codes;
  const turn = async (way: string) => {
    await page.click(`.ways button:has-text("${way}")`);
    await page.waitForSelector(`.ways button[aria-pressed="true"]:has-text("${way}")`);
  };
  expect(await typed(page, code, "let-in")).toContain("Let in");
  await turn("Going out");
  expect(await typed(page, code, "let-out")).toContain("Out");
  await offline(gate);
  expect(await typed(page, code, "not-in")).toContain("judged offline");
  await turn("Coming in");
  expect(await typed(page, code, "let-in")).toContain("judged offline");
  expect(await typed(page, code, "already-in")).toContain("Foyer");
  await turn("Going out");
  expect(await typed(page, code, "let-out")).toContain("judged offline");
  await gate.context.setOffline(false);
  await page.waitForSelector('.network[data-online="true"][data-waiting="0"]');
  const { gates } = await shop.stores.door.counts(shop.performance.performanceId);
  expect(gates.find(({ name }) => name === "Foyer")).toMatchObject({ letIn: 2, letOut: 2 });
  expect(await page.getAttribute(".network", "data-conflicts")).toBe("0");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
  await gate.context.close();
  expect(faults).toEqual([]);
}, 90_000);
