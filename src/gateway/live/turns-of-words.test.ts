// When the words of a tick go out: to those near the front at once, to the others a moment later, however
// long nothing was said before.

import { expect, test } from "bun:test";
import type { Frontier } from "../../domain/waiting-room/frontier.ts";
import { newId } from "../../foundation/ids.ts";
import { silentLog } from "../../foundation/log.ts";
import type { OnSale } from "../../ports/catalog.ts";
import { type Line, lineOf } from "../line.ts";
import { type LiveHubDeps, openLiveHub } from "./live-hub.ts";

const onSaleId = newId("on-sale");
const frontier: Frontier = {
  ...{ onSaleId, phase: "open", paused: false, now: 0, preQueueAt: 0, opensAt: 0, closesAt: 1e12 },
  ...{ serving: 0, joined: 2, waiting: 2, pacePerMin: undefined, claimWindowMs: 60_000 },
  seats: undefined,
  // A cohort of nobody: the position is the index.
  draw: { commitment: "", seed: "00".repeat(32), cohort: 0 },
  admissionEpoch: 1,
  poll: { near: 100, nearMs: 2_000, farMs: 20_000 },
};

test.each([0, 400])(
  "the front hears first, also after a long silence; %d ms late",
  async (lateMs) => {
    let line = lineOf({ onSaleId } as OnSale, frontier);
    let fire: (line: Line) => void = () => {};
    let silenceMs = 0;
    const deps: LiveHubDeps = {
      lines: { onFrontier: (heard: typeof fire) => void (fire = heard) },
      presence: { note() {}, bounds: () => ({}), close: async () => {} },
      claims: {} as LiveHubDeps["claims"],
      limits: { streams: 10, streamsPerNetwork: 10 },
      log: silentLog,
    };
    const hub = openLiveHub(deps, () => performance.now() + silenceMs);
    const heardAt = (index: number) => {
      const opened = hub.open(line, { entryId: newId("entry"), index }, { address: "127.0.0.1" });
      if (opened.kind !== "open") throw new Error(opened.kind);
      const reader = opened.response.body?.getReader();
      return async () => {
        await reader?.read();
        return performance.now();
      };
    };
    const [near, far] = [heardAt(1), heardAt(5_000)];
    await Promise.all([near(), far()]);
    // What is late is later than at its best.
    fire(lineOf(line.onSale, { ...frontier, now: Date.now() }, line));
    silenceMs = 600;
    line = lineOf(line.onSale, { ...frontier, now: Date.now() - lateMs, waiting: 1 }, line);
    const firedAt = performance.now();
    fire(line);
    const farther = far();
    // At once: before any timer, however busy the machine is; and the other by a timer, which is never early.
    const afterTimers = new Promise((resolve) => setTimeout(resolve, 0, "later"));
    expect(await Promise.race([near(), afterTimers])).not.toBe("later");
    const farAt = await farther;
    expect(farAt - firedAt).toBeGreaterThan(150 + lateMs);
    expect(farAt - firedAt).toBeLessThan(5_000);
    hub.drain();
  },
);
