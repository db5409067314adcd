import { describe, expect, test } from "bun:test";
import { newId } from "../../../foundation/ids.ts";
import type { Frontier } from "../../../wire/contract.ts";
import { startWaiting } from "../../../wire/waiting.ts";
import type { WaitingFan } from "../../../wire/waiting-state.ts";
import { waitingRoom as en } from "../../i18n/en/waiting-room.ts";
import { waitingRoom as ko } from "../../i18n/ko/waiting-room.ts";
import { parseMessage } from "./live-stream.ts";
import { pictureOf, type RoomView } from "./picture.ts";
import { noticeOf, sceneOf } from "./scene.ts";
import { serverClock } from "./server-clock.ts";
import { threshold } from "./stage.ts";

const now = 1_800_000_000_000;
const frontier: Frontier = {
  onSaleId: newId("on-sale"),
  phase: "open",
  paused: false,
  now,
  preQueueAt: now - 600_000,
  opensAt: now - 60_000,
  closesAt: now + 3_600_000,
  serving: 1_000,
  joined: 60_000,
  waiting: 50_000,
  pacePerMin: { low: 800, high: 1_200 },
  claimWindowMs: 60_000,
  seats: { free: 500, held: 100, total: 16_054 },
  draw: { commitment: "ab".repeat(32), seed: "cd".repeat(32), cohort: 50_000 },
  admissionEpoch: 1,
  poll: { near: 200, nearMs: 1_000, farMs: 10_000 },
};
const view: RoomView = {
  scene: "waiting",
  onSale: undefined,
  frontier,
  position: 2_233,
  servingAtStart: 0,
  wait: { lowMs: 60_000, highMs: 120_000 },
  claimBy: undefined,
  told: "",
  proved: false,
  admitted: false,
  notice: undefined,
  commitmentKept: true,
};
const fan = (over: Partial<WaitingFan>): WaitingFan => ({
  ...startWaiting({ entryId: newId("entry") }, 0.5, now).state,
  frontier,
  queueToken: "t",
  index: 7,
  position: 2_233,
  ...over,
});
const facts = { now, claimBy: undefined, passedOver: false };

describe("what a waiting fan sees", () => {
  test("people ahead, the own number of the draw, the wait, and honesty about the seats", () => {
    const picture = pictureOf(view, en, now, "en");
    expect(picture.hero).toBe("1,233");
    expect(picture.drawn).toBe("Your number in the draw is 2,234 of 50,000.");
    expect(picture.more).toBe(en.waiting.crowded);
    expect(picture.share).toBeCloseTo(1_000 / 2_233);
    expect(picture.title).toStartWith("1,233");
  });

  test("who came after the draw has a number, but was not drawn", () => {
    const late = pictureOf({ ...view, position: 55_000 }, ko, now, "ko");
    expect(late.drawn).toBeUndefined();
    expect(late.facts).toContainEqual(["내 순서", "55,001번"]);
  });

  test("a lapsing turn promises the place, an admission does not", () => {
    const turn: RoomView = { ...view, scene: "turn", claimBy: now + 30_000 };
    expect(pictureOf(turn, en, now, "en").kept).toBe(en.turn.late);
    expect(pictureOf({ ...turn, admitted: true }, en, now, "en").kept).toBe(en.turn.soon);
  });

  test("before the opening the page says how many have come, or nothing where nobody knows", () => {
    const early = { ...frontier, phase: "pre-queue", opensAt: now + 60_000 } as const;
    const moreOf = (line: { joined: number; waiting: number }) =>
      pictureOf({ ...view, scene: "pre-queue", frontier: { ...early, ...line } }, ko, now, "ko")
        .more;
    expect(moreOf({ joined: 15, waiting: 15 })).toBe(
      "먼저 들어왔다고 앞서지 않으니 편히 기다리세요. 지금까지 15명이 들어왔습니다.",
    );
    // The line was rebuilt: it counts on above the high-water mark, and most are not back yet.
    expect(moreOf({ joined: 1_002, waiting: 2 })).toBe(
      "먼저 들어왔다고 앞서지 않으니 편히 기다리세요.",
    );
  });

  test("every scene has its sentence in both languages", () => {
    const scenes: RoomView["scene"][] = [
      "loading",
      "scheduled",
      "pre-queue",
      "waiting",
      "returning",
    ];
    scenes.push("turn", "sold-out", "closed", "spent", "invalid", "not-found", "failed");
    for (const scene of scenes) {
      for (const [words, locale] of [
        [ko, "ko"],
        [en, "en"],
      ] as const) {
        const { next, more, title } = pictureOf({ ...view, scene }, words, now, locale);
        expect(next.length).toBeGreaterThan(3);
        expect(`${next}${more ?? ""}${title}`).not.toMatch(/undefined|!/);
      }
    }
  });
});

describe("scenes", () => {
  test("the place stays in sight without network, with a notice on top", () => {
    const off = fan({ kind: "offline", online: false });
    expect(sceneOf(off, facts)).toBe("waiting");
    expect(noticeOf(off, true, now)).toBe("offline");
  });

  test("an unanswered stream is no news while polls are answered", () => {
    const polling = fan({ failures: 3, stream: "closed", heardAt: now - 5_000 });
    expect(noticeOf(polling, true, now)).toBeUndefined();
    expect(noticeOf({ ...polling, heardAt: now - 60_000 }, true, now)).toBe("reconnecting");
  });

  test("a called fan is told of the turn when it is there, not before the claim is answered", () => {
    const called = fan({ position: 5, claim: "in-flight" });
    expect(sceneOf(called, facts)).toBe("waiting");
    expect(sceneOf(called, { ...facts, passedOver: true })).toBe("returning");
    expect(sceneOf(called, { ...facts, claimBy: now + 1 })).toBe("turn");
    expect(sceneOf(called, { ...facts, claimBy: now - 1 })).toBe("returning");
  });
});

test("the server's clock: the freshest answer counts, a clock set anew starts over", () => {
  let page = 1_000_000;
  const clock = serverClock(() => page);
  clock.learn(page + 5_000);
  clock.learn(page + 3_000); // two seconds old
  expect(clock.now() - page).toBe(5_000);
  page += 3_600_000; // somebody set the phone an hour forward
  clock.learn(page - 3_595_000);
  expect(clock.now() - page).toBe(-3_595_000);
});

test("stream messages: name, text and id, comments are nothing", () => {
  expect(parseMessage('id: 1a\nevent: waiting\ndata: {"a":1}')).toEqual({
    name: "waiting",
    text: '{"a":1}',
    id: "1a",
  });
  const lines = parseMessage("event: x\r\ndata: 1\r\ndata: 2");
  expect(lines).toEqual({ name: "x", text: "1\n2", id: "" });
  expect(parseMessage(": ping").text).toBe("");
});

test("the number is said again each time about half have gone", () => {
  expect([0, 1, 3, 1_000, 1_025].map(threshold)).toEqual([0, 1, 4, 1_024, 2_048]);
});
