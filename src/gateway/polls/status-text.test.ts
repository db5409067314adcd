import { expect, test } from "bun:test";
import type { Frontier } from "../../domain/waiting-room/frontier.ts";
import type { Standing, Status } from "../../wire/contract.ts";
import type { Line } from "../line.ts";
import { waitOf } from "../wait.ts";
import { statusText } from "./status-text.ts";

const standings: Standing[] = [
  { kind: "not-drawn", index: 12, joined: 345_678 },
  { kind: "waiting", position: 900_000, ahead: 123_456 },
  { kind: "waiting", position: 0, ahead: 0 },
  { kind: "your-turn", position: 3 },
];
const paces: Frontier["pacePerMin"][] = [undefined, { low: 90.5, high: 110.25 }];

const lineWith = (pacePerMin: Frontier["pacePerMin"]): Line => {
  const poll = { near: 300, nearMs: 2_000, farMs: 30_000 };
  const frontier = { phase: "open", serving: 3, poll, pacePerMin, opensAt: 2, now: 1 } as Frontier;
  return { prepared: { frontier, text: JSON.stringify(frontier) } } as Line;
};

test("what is written is what the contract's status would be serialised to", () => {
  for (const pacePerMin of paces) {
    for (const standing of standings) {
      const line = lineWith(pacePerMin);
      const text = statusText(line, standing);
      const { nextPollMs } = JSON.parse(text) as Status;
      const { wait } = waitOf(line, standing);
      const { frontier } = line.prepared;
      expect(text).toBe(JSON.stringify({ standing, wait, nextPollMs, frontier }));
      expect(Number.isInteger(nextPollMs)).toBe(true);
    }
  }
});
