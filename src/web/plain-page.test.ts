import { describe, expect, test } from "bun:test";
import { newId } from "../foundation/ids.ts";
import type { Frontier } from "../wire/contract.ts";
import { plainStyleSource } from "./plain-style.ts";
import { type PlainRoom, renderPlainPage } from "./plain-page.ts";

const frontier: Frontier = {
  onSaleId: newId("on-sale"),
  phase: "open",
  paused: false,
  now: 1_800_000_000_000,
  preQueueAt: 1_799_999_000_000,
  opensAt: 1_799_999_900_000,
  closesAt: 1_800_009_000_000,
  serving: 100,
  joined: 5_000,
  waiting: 4_000,
  pacePerMin: { low: 90, high: 110 },
  claimWindowMs: 60_000,
  seats: { free: 812, held: 20, total: 1_000 },
  draw: { commitment: "ab".repeat(32), seed: "cd".repeat(32), cohort: 3_000 },
  admissionEpoch: 1,
  poll: { near: 50, nearMs: 1_000, farMs: 10_000 },
};

const room = (over: Partial<PlainRoom>): PlainRoom => ({
  onSaleId: frontier.onSaleId,
  frontier,
  standing: { kind: "waiting", position: 1_333, ahead: 1_233 },
  wait: { lowMs: 660_000, highMs: 840_000 },
  refreshSeconds: 7.2,
  locale: "en",
  ...over,
});

describe("the page without JavaScript", () => {
  test("tells the people ahead, the number, the wait and the seats, and refreshes itself", () => {
    const html = renderPlainPage(room({}));
    expect(html).toContain('<p class="hero">1,233</p>');
    expect(html).toContain("Your number in the draw is 1,334 of 3,000.");
    expect(html).toContain("11–14 minutes");
    expect(html).toContain("<dd>812</dd>");
    expect(html).toContain('http-equiv="refresh" content="8;url=/q/');
    expect(html).not.toContain("<script");
  });

  test("says when more people are ahead than seats are left, and not before", () => {
    const told = "More people are ahead of you than seats are left.";
    expect(renderPlainPage(room({}))).toContain(told);
    const few = { ...frontier, seats: { free: 1_200, held: 33, total: 2_000 } };
    expect(renderPlainPage(room({ frontier: few }))).not.toContain(told);
    const hidden = { ...frontier, seats: undefined };
    expect(renderPlainPage(room({ frontier: hidden }))).not.toContain(told);
  });

  test("speaks Korean", () => {
    const html = renderPlainPage(room({ locale: "ko" }));
    expect(html).toContain('<html lang="ko">');
    expect(html).toContain("1,233<small>명</small>");
    expect(html).toContain("추첨 결과, 3,000명 가운데 1,334번입니다.");
  });

  test("offers to join, then to enter when it is the turn, unless paused", () => {
    expect(renderPlainPage(room({ standing: undefined }))).toContain('value="join"');
    const standing = { kind: "your-turn", position: 99 } as const;
    expect(renderPlainPage(room({ standing }))).toContain('value="claim"');
    const paused = { ...frontier, paused: true };
    expect(renderPlainPage(room({ standing, frontier: paused }))).not.toContain('value="claim"');
  });

  test("stops refreshing when it is over", () => {
    const over = renderPlainPage(room({ frontier: { ...frontier, phase: "sold-out" } }));
    expect(over).toContain("Sold out");
    expect(over).not.toContain("http-equiv");
  });

  test("escapes names, and its style's hash is the style's", async () => {
    const html = renderPlainPage(room({ name: { ko: "<b>", en: '<img src=x onerror="1">' } }));
    expect(html).not.toContain("<img");
    const style = /<style>([^]*?)<\/style>/.exec(html)?.[1] ?? "";
    const digest = new Bun.CryptoHasher("sha256").update(style).digest("base64");
    expect(plainStyleSource).toBe(`'sha256-${digest}'`);
  });
});
