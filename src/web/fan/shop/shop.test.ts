import { describe, expect, test } from "bun:test";
import { demoArena } from "../../../domain/seating/demo-arena.ts";
import { indexPlan } from "../../../domain/seating/plan-index.ts";
import { planOverview, sectionSeats } from "../../../domain/seating/plan-view.ts";
import type { OnSaleView } from "../../../wire/contract.ts";
import { problem } from "../../../wire/problems.ts";
import { shop as en } from "../../i18n/en/shop.ts";
import { shop as ko } from "../../i18n/ko/shop.ts";
import { applyChanges, applySnapshot, seatLook } from "../seat-map/availability.ts";
import { addSection, placeOf } from "../seat-map/seat-plan.ts";
import { loseSeats, takeOffer } from "./holding.ts";
import { messageParser } from "../calls/message-stream.ts";
import { nearestEqual, orphansOf } from "../seat-map/near-seats.ts";
import { stepFrom, wholeName } from "./seat-list.tsx";
import {
  choose,
  endOf,
  nameOfSeat,
  openShop,
  roomLeft,
  setStanding,
  shownCategories,
  toggleCategory,
  toggleSeat,
  wishOf,
} from "./shop.ts";

const index = indexPlan(demoArena());
const overview = planOverview(index);
const prices: Record<string, number> = { vip: 198_000, r: 165_000, s: 132_000, a: 99_000 };

function open(locale: "ko" | "en" = "ko") {
  const onSale = {
    onSaleId: "os_0000000000000000000000",
    phase: "open",
    paused: false,
    currency: "KRW",
    seatsPerHold: 4,
    seatsPerFan: 4,
    categories: overview.categories.map((category) => ({
      ...category,
      price: { amount: prices[category.key] ?? 0, currency: "KRW" },
    })),
  } as unknown as OnSaleView;
  const shop = openShop({ onSale, overview, locale, words: locale === "ko" ? ko : en });
  for (const section of shop.plan.sections) {
    if (section.kind === "seated") addSection(shop.plan, sectionSeats(index, section.number));
  }
  const bits = new Uint8Array(Math.ceil(index.total / 4));
  applySnapshot(shop.seats, { version: 1, seatCount: index.total, bits });
  return shop;
}

const taken = (shop: ReturnType<typeof open>, ...seats: number[]) =>
  applyChanges(shop.seats, {
    version: shop.seats.version + seats.length,
    changes: seats.map((seat): [number, number] => [seat, 1]),
  });

describe("choosing", () => {
  test("the whole price is there from the first seat, standing places included", () => {
    const shop = open();
    const vip = 0;
    toggleSeat(shop, vip);
    const standing = shop.plan.sections.findLast(({ kind }) => kind === "standing");
    setStanding(shop, standing?.number ?? -1, 2);
    expect(wishOf(shop)).toEqual({ count: 3, amount: 3 * 198_000 });
    expect(roomLeft(shop)).toBe(1);
  });

  test("the limit is told, and nothing that was chosen is lost by it", () => {
    const shop = open();
    for (const seat of [0, 1, 2, 3, 4]) toggleSeat(shop, seat);
    expect(shop.chosen.value).toEqual([0, 1, 2, 3]);
    expect(shop.notice.value).toEqual({ kind: "full" });
    toggleSeat(shop, 3);
    expect(shop.notice.value).toBeUndefined();
  });

  test("a seat that is not free cannot be chosen, and says why", () => {
    const shop = open();
    taken(shop, 7);
    toggleSeat(shop, 7);
    expect(shop.chosen.value).toEqual([]);
    expect(shop.notice.value).toMatchObject({ words: expect.stringContaining("다른 분이 잡음") });
  });

  test("the first press on the legend shows only that category; hiding all shows all", () => {
    const shop = open();
    toggleCategory(shop, 2);
    expect([...shownCategories(shop)]).toEqual([0, 0, 1, 0]);
    toggleCategory(shop, 3);
    expect([...shownCategories(shop)]).toEqual([0, 0, 1, 1]);
    toggleCategory(shop, 2);
    toggleCategory(shop, 3);
    expect([...shownCategories(shop)]).toEqual([1, 1, 1, 1]);
  });

  test("names are whole, in both languages", () => {
    const [korean, english] = [open("ko"), open("en")];
    const seat = korean.plan.sections.find(({ key }) => key === "101")?.first ?? -1;
    expect(nameOfSeat(korean, seat)).toBe("101구역 1열 1번");
    expect(nameOfSeat(english, seat)).toBe("Section 101, row 1, seat 1");
    expect(wholeName(korean, seat)).toMatch(/^101구역 1열 1번, R석, ₩165,000, .*선택 가능$/);
  });
});

describe("a seat lost to somebody else", () => {
  test("is named, the rest stays chosen, and the nearest equal free one is offered and taken", () => {
    const shop = open();
    for (const seat of [5, 6]) toggleSeat(shop, seat);
    loseSeats(shop, [6]);
    expect(shop.chosen.value).toEqual([5]);
    const notice = shop.notice.value;
    if (notice?.kind !== "lost") throw new Error("nothing was told");
    expect(notice.names).toBe(nameOfSeat(shop, 6));
    expect([4, 7]).toContain(notice.offer ?? -1);
    takeOffer(shop);
    expect(shop.chosen.value).toEqual([5, notice.offer ?? -1]);
    expect(shop.notice.value).toBeUndefined();
  });

  test("an offer is free, of the same category, and never a wheelchair place for somebody else", () => {
    const shop = open();
    for (let lost = 0; lost < index.seatCount; lost += 997) {
      const offer = nearestEqual(shop.seats, lost, []);
      if (offer === undefined) throw new Error(`no seat near ${lost}`);
      expect(index.category[offer]).toBe(index.category[lost]);
      expect((index.flags[offer] ?? 0) & 3).toBe((index.flags[lost] ?? 0) & 3);
      expect(shop.seats.looks[offer]).toBe(seatLook.free);
    }
  });
});

test("a single seat left between chosen and taken is noticed; the end of a row counts as a wall", () => {
  const shop = open();
  const row = placeOf(shop.plan, 0)?.row;
  if (!row) throw new Error("the first seat has no row");
  const first = row.first;
  choose(shop, [first + 1]);
  expect(orphansOf(shop.seats, [first + 1])).toEqual([first]);
  taken(shop, first + 5);
  expect(orphansOf(shop.seats, [first + 2, first + 3])).toEqual([first + 4]);
  expect(orphansOf(shop.seats, [first, first + 1])).toEqual([]);
});

test("arrow keys walk rows and columns and stop at the walls", () => {
  const rows = [
    { label: "1", first: 10, count: 5 },
    { label: "2", first: 15, count: 9 },
  ];
  expect(stepFrom(rows, 10, "ArrowLeft")).toBe(10);
  expect(stepFrom(rows, 10, "ArrowRight")).toBe(11);
  expect(stepFrom(rows, 12, "ArrowDown")).toBe(19);
  expect(stepFrom(rows, 23, "ArrowUp")).toBe(14);
  expect(stepFrom(rows, 17, "ArrowDown")).toBe(17);
  expect(stepFrom(rows, 17, "End")).toBe(23);
  expect(stepFrom(rows, 17, "Tab")).toBeUndefined();
});

test("messages come through whole however the network cuts them", () => {
  const text =
    'event: seats\ndata: {"version":2}\n\n: ping\n\nevent: reconnect\ndata: {"afterMs":5}\n\n';
  for (const size of [1, 3, 7, text.length]) {
    const parse = messageParser();
    const got = [];
    for (let i = 0; i < text.length; i += size) got.push(...parse(text.slice(i, i + size)));
    expect(got).toEqual([
      { name: "seats", payload: { version: 2 } },
      { name: "reconnect", payload: { afterMs: 5 } },
    ]);
  }
});

test("every refusal that ends a visit has its page, and others do not end it", () => {
  expect(endOf(problem("admission-expired"))).toBe("admission-expired");
  expect(endOf(problem("queue-token-invalid"))).toBe("not-admitted");
  expect(endOf(problem("queue-closed"))).toBe("closed");
  expect(endOf(problem("seats-taken"))).toBeUndefined();
});
