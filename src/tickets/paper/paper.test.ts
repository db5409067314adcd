import { afterAll, expect, test } from "bun:test";
import { inflateSync } from "node:zlib";
import { calendarEntry } from "./calendar-entry.ts";
import { openPdfPrinter } from "./pdf-printer.ts";
import type { TicketSheet } from "./ticket-pdf.ts";

const facts = {
  uid: "tk_1@shop.test",
  locale: "ko" as const,
  name: { ko: "바람이 머무는 밤; 첫째, 둘째", en: "Where the Wind Stays" },
  venue: { ko: "한빛 아레나", en: "Hanbit Arena" },
  seats: { ko: ["101구역 5열 12번"], en: ["Section 101, row 5, seat 12"] },
  startsAt: Date.UTC(2026, 11, 24, 10, 0),
  timeZone: "Asia/Seoul",
  issuedAt: Date.UTC(2026, 10, 1),
};
const entry = (change: Partial<typeof facts> = {}) =>
  Buffer.from(calendarEntry({ ...facts, ...change })).toString("utf8");
const unfolded = (text: string) => text.replaceAll("\r\n ", "").split("\r\n");

test("an entry for the calendar, in the venue's hours, both languages, lines as the standard wants", () => {
  const text = entry();
  for (const line of text.split("\r\n")) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  const lines = unfolded(text);
  expect(lines).toContain("DTSTART;TZID=Asia/Seoul:20261224T190000");
  expect(lines).toContain("TZOFFSETTO:+0900");
  expect(lines).toContain("SUMMARY;LANGUAGE=ko:바람이 머무는 밤\\; 첫째\\, 둘째");
  const description = lines.find((line) => line.startsWith("DESCRIPTION"));
  expect(description).toContain("101구역 5열 12번");
  expect(description).toContain("Section 101\\, row 5\\, seat 12");
  expect(text.endsWith("END:VCALENDAR\r\n")).toBe(true);
});

test("where clocks change, both offsets and the hours of the change are in the entry", () => {
  const lines = unfolded(
    entry({ timeZone: "Europe/Berlin", startsAt: Date.UTC(2026, 6, 1, 18, 0) }),
  );
  expect(lines).toContain("DTSTART;TZID=Europe/Berlin:20260701T200000");
  // 2026-03-29 at 02:00 and 2026-10-25 at 03:00, local time before the change.
  const at = (what: string) => lines.indexOf(what);
  expect(lines.slice(at("BEGIN:DAYLIGHT"), at("END:DAYLIGHT"))).toEqual([
    "BEGIN:DAYLIGHT",
    "DTSTART:20260329T020000",
    "TZOFFSETFROM:+0100",
    "TZOFFSETTO:+0200",
  ]);
  expect(lines.slice(at("BEGIN:STANDARD"), at("END:STANDARD"))).toEqual([
    "BEGIN:STANDARD",
    "DTSTART:20261025T030000",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
  ]);
});

const printer = openPdfPrinter();
afterAll(() => printer.stop());

const sheet: TicketSheet = {
  locale: "ko",
  name: "바람이 머무는 밤 뷁",
  when: "2026년 12월 24일 목요일 오후 7:00",
  venue: "한빛 아레나",
  place: [
    { name: "구역", value: "101구역" },
    { name: "열", value: "5" },
    { name: "번호", value: "12" },
  ],
  scan: "입장할 때 이 코드를 보여 주세요",
  once: "한 장에 한 분",
  code: "A".repeat(163),
  ticketId: "tk_1",
};

/** What a reader may extract: the targets of the maps from glyphs to text. */
function lettersOf(file: Uint8Array): Set<string> {
  const bytes = Buffer.from(file);
  const letters = new Set<string>();
  for (let at = 0; ; ) {
    const start = bytes.indexOf("stream\n", at);
    if (start < 0) return letters;
    const end = bytes.indexOf("\nendstream", start);
    at = end + 10;
    const map = inflated(bytes.subarray(start + 7, end)).toString("latin1");
    if (!map.includes("beginbfrange")) continue;
    for (const [, hex = ""] of map.matchAll(/[<\s]([0-9a-f]{4})>/gi))
      letters.add(String.fromCodePoint(Number.parseInt(hex, 16)));
  }
}

function inflated(bytes: Buffer): Buffer {
  try {
    return inflateSync(bytes);
  } catch {
    return Buffer.alloc(0);
  }
}

test("a ticket on paper carries its own letters, and every one can be read out again", async () => {
  const file = await printer.print(sheet);
  const text = Buffer.from(file).toString("latin1");
  expect(text.startsWith("%PDF-")).toBe(true);
  expect(text).toContain("/FontFile2");
  expect(text).toMatch(/\+GothicA1/);
  // A subset: the whole faces have some megabytes.
  expect(file.length).toBeLessThan(60_000);
  const letters = lettersOf(file);
  for (const letter of "바람이머무는밤뷁년월오후한빛아레나구역번호입장주세요")
    expect(letters).toContain(letter);
});

test("many at once are printed one after the other; too many are told to come back", async () => {
  const asked = Array.from({ length: 64 }, () => printer.print(sheet));
  expect(() => printer.print(sheet)).toThrow("many tickets are being printed");
  const files = await Promise.all(asked);
  expect(files.every((file) => file.length > 5_000)).toBe(true);
}, 30_000);
