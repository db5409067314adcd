import { expect, test } from "bun:test";
import { readQueueToken, signQueueToken } from "../../domain/waiting-room/queue-token.ts";
import { newId } from "../../foundation/ids.ts";
import { type SealingKeys, sealingKeys } from "../../foundation/sealed-bytes.ts";
import { Refusal } from "../../http/respond.ts";
import type { Line } from "../line.ts";
import { openBelieved } from "./believed.ts";

const secret = (byte: number) => new Uint8Array(32).fill(byte);
const lineOf = (onSaleId = newId("on-sale")) => ({ onSaleId }) as Line;

/** Believes what the keys of the moment have signed, and counts how often it had to look. */
function counted(max?: number) {
  const state = { keys: sealingKeys([{ kid: 1, secret: secret(1) }]), checks: 0 };
  const believed = openBelieved({
    queueKeys: () => state.keys,
    check(line, token) {
      state.checks++;
      const reading = readQueueToken(state.keys, token, line.onSaleId);
      if (reading.kind !== "valid") throw new Refusal("queue-token-invalid");
      return reading.claims;
    },
    ...(max !== undefined && { max }),
  });
  return { state, believed };
}

function headerFor(line: Line, keys: SealingKeys, index = 0): string {
  const claims = { onSaleId: line.onSaleId, entryId: newId("entry"), index, joinedAt: 1 };
  return `Bearer ${signQueueToken(keys, claims)}`;
}

test("the same header is checked once, and means the same", () => {
  const { state, believed } = counted();
  const line = lineOf();
  const header = headerFor(line, state.keys, 7);
  const first = believed.of(line, header);
  expect(first.index).toBe(7);
  expect(believed.of(line, header)).toEqual(first);
  expect(state.checks).toBe(1);
});

test("a header that differs in one character is checked and refused, each time", () => {
  const { state, believed } = counted();
  const line = lineOf();
  const header = headerFor(line, state.keys);
  believed.of(line, header);
  for (let at = "Bearer ".length; at < header.length; at += 9) {
    const other = header[at] === "A" ? "B" : "A";
    const forged = header.slice(0, at) + other + header.slice(at + 1);
    expect(() => believed.of(line, forged)).toThrow(Refusal);
    expect(() => believed.of(line, forged)).toThrow(Refusal);
  }
  expect(() => believed.of(line, null)).toThrow(Refusal);
  expect(() => believed.of(line, header.slice("Bearer ".length))).toThrow(Refusal);
  expect(believed.bounds()["tokens_believed"]?.size).toBe(1);
});

test("a place in one line is none in another", () => {
  const { state, believed } = counted();
  const [line, other] = [lineOf(), lineOf()];
  const header = headerFor(line, state.keys);
  believed.of(line, header);
  expect(() => believed.of(other, header)).toThrow(Refusal);
  expect(believed.of(line, header).onSaleId).toBe(line.onSaleId);
});

test("a key more forgets nobody; a key fewer, or another secret under its number, everybody", () => {
  const { state, believed } = counted();
  const line = lineOf();
  const header = headerFor(line, state.keys);
  believed.of(line, header);
  const old = { kid: 1, secret: secret(1) };
  state.keys = sealingKeys([{ kid: 2, secret: secret(2) }, old]);
  believed.of(line, header);
  expect(state.checks).toBe(1);
  state.keys = sealingKeys([{ kid: 2, secret: secret(2) }]);
  expect(() => believed.of(line, header)).toThrow(Refusal);
  state.keys = sealingKeys([old]);
  believed.of(line, header);
  state.keys = sealingKeys([{ kid: 1, secret: secret(3) }]);
  expect(() => believed.of(line, header)).toThrow(Refusal);
});

test("no more are kept than the limit, and who goes on polling stays", () => {
  const { state, believed } = counted(10);
  const line = lineOf();
  const regular = headerFor(line, state.keys);
  for (let nth = 0; nth < 100; nth++) {
    believed.of(line, headerFor(line, state.keys, nth));
    believed.of(line, regular);
    const { size = 0, limit = 0 } = believed.bounds()["tokens_believed"] ?? {};
    expect(size).toBeLessThanOrEqual(limit);
  }
  expect(state.checks).toBe(101);
});
