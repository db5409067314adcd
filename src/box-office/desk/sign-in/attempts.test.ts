import { expect, test } from "bun:test";
import { openAttempts } from "./attempts.ts";

const start = 1_800_000_000_000;

test("five failures are free, then each doubles the wait", () => {
  const attempts = openAttempts();
  for (let i = 0; i < 5; i++) expect(attempts.begin("a", "x@y", start).kind).toBe("go");
  expect(attempts.begin("a", "X@Y ", start)).toEqual({ kind: "wait", retryAfterMs: 1_000 });
  expect(attempts.begin("a", "x@y", start + 1_000).kind).toBe("go");
  expect(attempts.begin("a", "x@y", start + 1_000)).toEqual({ kind: "wait", retryAfterMs: 2_000 });
});

test("a success forgets, and half an hour does too", () => {
  const attempts = openAttempts();
  for (let i = 0; i < 4; i++) attempts.begin("a", "x@y", start);
  const fifth = attempts.begin("a", "x@y", start);
  if (fifth.kind === "go") fifth.succeeded();
  for (let i = 0; i < 5; i++) expect(attempts.begin("a", "x@y", start).kind).toBe("go");
  expect(attempts.begin("a", "x@y", start).kind).toBe("wait");
  expect(attempts.begin("a", "x@y", start + 31 * 60_000).kind).toBe("go");
});

test("one address with many e-mails is slowed too", () => {
  const attempts = openAttempts();
  const kinds = Array.from({ length: 31 }, (_, i) => attempts.begin("a", `${i}@y`, start).kind);
  expect(kinds.lastIndexOf("go")).toBe(29);
});

test("a stranger elsewhere cannot lock an operator out for long", () => {
  const attempts = openAttempts();
  let now = start;
  for (let i = 0; i < 500; i++) {
    attempts.begin(`${i}`, "x@y", now);
    now += 500;
  }
  const own = attempts.begin("home", "x@y", now);
  if (own.kind === "wait") expect(own.retryAfterMs).toBeLessThanOrEqual(20_000);
});
