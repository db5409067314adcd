import { expect, test } from "bun:test";
import { formatCountdown, formatMoney, formatWait } from "./format.ts";

test("waits are ranges, rounded outwards", () => {
  expect(formatWait({ lowMs: 10_000, highMs: 50_000 }, "en")).toBe("under a minute");
  expect(formatWait({ lowMs: 170_000, highMs: 250_000 }, "en")).toBe("2–5 minutes");
  expect(formatWait({ lowMs: 170_000, highMs: 250_000 }, "ko")).toMatch(/^2.5분$/);
  expect(formatWait({ lowMs: 0, highMs: 60_000 }, "en")).toBe("1 minute");
  expect(formatWait({ lowMs: 100 * 60_000, highMs: 190 * 60_000 }, "en")).toBe("1–4 hours");
});

test("countdowns never go below zero and show days apart", () => {
  expect(formatCountdown(-5_000, "en")).toBe("0:00");
  expect(formatCountdown(61_500, "en")).toBe("1:02");
  expect(formatCountdown(3_725_000, "ko")).toBe("1:02:05");
  expect(formatCountdown(86_400_000 + 3_600_000, "ko")).toBe("1일 01:00:00");
});

test("money by the currency's own digits", () => {
  expect(formatMoney({ amount: 264_000, currency: "KRW" }, "ko")).toBe("₩264,000");
  expect(formatMoney({ amount: 26_400, currency: "USD" }, "en")).toBe("$264.00");
});
