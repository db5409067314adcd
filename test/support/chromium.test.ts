import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { findChromium, launchChromium } from "./chromium.ts";

let browser: Browser | undefined;

beforeAll(async () => {
  browser = await launchChromium();
}, 60_000);

afterAll(async () => {
  await browser?.close();
});

test("a real browser opens a real page, with WebGL and Korean glyphs", async () => {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () =>
      new Response("<!doctype html><meta charset=utf-8><h1>대기실</h1>", {
        headers: { "content-type": "text/html" },
      }),
  });
  try {
    const page = await browser?.newPage();
    await page?.goto(server.url.href);
    expect(await page?.textContent("h1")).toBe("대기실");
    const renderer = await page?.evaluate(
      () => document.createElement("canvas").getContext("webgl2") !== null,
    );
    expect(renderer).toBe(true);
  } finally {
    await server.stop(true);
  }
}, 60_000);

test("an explicit path wins, and an empty PATH finds nothing on Linux", () => {
  expect(findChromium({ USHER_CHROMIUM: "/opt/x" })).toBe("/opt/x");
  if (process.platform === "linux") expect(findChromium({ PATH: "" })).toBeUndefined();
});
