import { expect, test } from "bun:test";
import { dateFormat, remembered } from "./remembered.ts";

test("finds each answer once, and forgets all rather than keep more than it may", () => {
  const asked: string[] = [];
  const twice = remembered(2, (word: string, times: number) => {
    asked.push(`${word}${times}`);
    return word.repeat(times);
  });
  expect([twice("a", 2), twice("a", 2), twice("a", 3)]).toEqual(["aa", "aa", "aaa"]);
  expect(asked).toEqual(["a2", "a3"]);
  twice("b", 1);
  twice("a", 2);
  expect(asked).toEqual(["a2", "a3", "b1", "a2"]);
});

test("a format is the same for the same zone only", () => {
  const at = Date.UTC(2026, 0, 1);
  const hour = (timeZone: string) =>
    dateFormat("en", { hour: "numeric", hour12: false, timeZone }).format(at);
  expect([hour("Asia/Seoul"), hour("Europe/Paris"), hour("Asia/Seoul")]).toEqual([
    "09",
    "01",
    "09",
  ]);
});
