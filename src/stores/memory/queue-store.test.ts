// Random fans and pacers on one line. The invariants are checked from the replies alone: places unique
// and kept (Q1, Q2), never more in the shop than asked for (Q4), one admission per entry (Q6), serving
// never falls (Q7), nobody present is passed over (Q3), and a repeated command has no second effect.
// Rule by rule: test/conformance/queue-*.ts.

import { expect, test } from "bun:test";
import fc from "fast-check";
import type { EntryId, OnSaleId } from "../../foundation/ids.ts";
import type { HotStore } from "../../ports/hot-store.ts";
import type { Turn } from "../../ports/queue-store.ts";
import { openHotStore } from "../open.ts";

const capacity = 3;
const presenceMs = 15;
const claimWindowMs = 10;
const fan = fc.nat(9);
const command = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("join" as const), fan }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("check-in" as const), fan }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("tick" as const), ahead: fc.nat(5), late: fc.nat(4) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("claim" as const), fan }) },
  fc.record({ kind: fc.constant("touch" as const), fan, ms: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ kind: fc.constant("leave" as const), fan }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 8 }) }),
);
type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

class Play {
  private readonly scope = { onSaleId: "os_play" as OnSaleId, epoch: 1 };
  private readonly store: HotStore;
  private readonly index = new Map<EntryId, number>();
  private readonly presentUntil = new Map<EntryId, number>();
  private readonly turns = new Map<EntryId, Turn>();
  private readonly admissions = new Map<EntryId, string>();
  private serving = 0;
  private calls = 0;
  private now = 1_000;

  constructor(store: HotStore) {
    this.store = store;
  }

  async run(commands: readonly Command[]): Promise<void> {
    const empty = { serving: 0, nextIndex: 0, leaderFence: 0, admissions: [] };
    await this.store.queue.restore(this.scope, empty);
    for (const one of commands) {
      await this.obey(one);
      await this.check();
    }
  }

  private async obey(one: Command): Promise<void> {
    if (one.kind === "wait") {
      this.now += one.ms;
      for (const [entryId, { claimBy }] of this.turns) {
        if (claimBy > this.now) continue;
        this.turns.delete(entryId);
        this.presentUntil.delete(entryId);
      }
      return;
    }
    if (one.kind === "tick") return this.tick(one.ahead, one.late);
    const entryId = `qe_${one.fan}` as EntryId;
    const { queue } = this.store;
    const at = { now: this.now };
    switch (one.kind) {
      case "join":
        return this.join(entryId);
      case "check-in": {
        const index = this.index.get(entryId);
        if (index === undefined) return;
        const place = [{ entryId, index, position: index }];
        const reply = await this.twice(() =>
          queue.checkIn(this.scope, place, { ...at, presenceMs }),
        );
        const kind = reply.kind === "ok" ? reply.replies[0]?.kind : reply.kind;
        if (kind === "waiting" || kind === "returned") {
          expect(this.turns.has(entryId)).toBe(false);
          expect(kind).toBe(index < this.serving ? "returned" : "waiting");
          this.presentUntil.set(entryId, this.now + presenceMs);
        } else {
          expect(kind === "turn").toBe(this.turns.has(entryId));
        }
        return;
      }
      case "claim":
        return this.claim(entryId);
      case "touch": {
        const shopper = { entryId, deadline: this.now + one.ms };
        const reply = await this.twice(() => queue.touch(this.scope, shopper, at));
        if (!this.admissions.has(entryId)) expect(reply).toEqual({ kind: "ended" });
        return;
      }
      case "leave":
        await this.twice(() => queue.leave(this.scope, entryId));
    }
  }

  private async join(entryId: EntryId): Promise<void> {
    const options = { highWaterMark: 1_000, now: this.now };
    const known = this.index.get(entryId);
    const reply = await this.store.queue.join(this.scope, [{ entryId }], options);
    const place = reply.kind === "ok" ? reply.replies[0] : undefined;
    if (place === undefined || !("index" in place)) throw new Error("no place");
    expect(place.kind).toBe(known === undefined ? "joined" : "known");
    if (known === undefined) expect([...this.index.values()]).not.toContain(place.index);
    else expect(place.index).toBe(known);
    this.index.set(entryId, place.index);
  }

  private async claim(entryId: EntryId): Promise<void> {
    const index = this.index.get(entryId);
    if (index === undefined) return;
    const admissionId = `ad_${++this.calls}`;
    const claim = { entryId, index, position: index, admissionId, deadline: this.now + 20 };
    const options = { now: this.now, presenceMs };
    const reply = await this.store.queue.claim(this.scope, claim, options);
    expect(reply.kind === "claimed").toBe(this.turns.has(entryId));
    if (reply.kind === "claimed") {
      expect(this.admissions.has(entryId)).toBe(false);
      this.admissions.set(entryId, admissionId);
      this.turns.delete(entryId);
    } else if (reply.kind === "already") {
      expect(reply.admissionId).toBe(this.admissions.get(entryId) as string);
    } else if (reply.kind === "no-turn") {
      expect(this.admissions.has(entryId)).toBe(false);
      this.presentUntil.set(entryId, this.now + presenceMs);
    }
  }

  private async tick(ahead: number, late: number): Promise<void> {
    const before = await this.counts();
    const take = Math.max(0, capacity - before.turns - before.shoppers);
    const candidates = Array.from({ length: ahead }, (_, nth) => this.serving + nth);
    const request = {
      requestId: `tk_${++this.calls}`,
      leaderFence: 1,
      take,
      serving: this.serving,
      candidates,
      claimWindowMs,
    };
    const offer = (change = {}) =>
      this.store.queue.offerTurns(this.scope, { ...request, ...change }, { now: this.now });
    const reply = await this.twice(offer);
    if (reply.kind !== "offered") throw new Error(reply.kind);
    expect(reply.serving).toBeGreaterThanOrEqual(this.serving);
    this.serving = reply.serving;
    for (const turn of reply.turns) {
      expect(this.presentUntil.get(turn.entryId)).toBeGreaterThan(this.now);
      expect(this.admissions.has(turn.entryId) || this.turns.has(turn.entryId)).toBe(false);
      this.turns.set(turn.entryId, turn);
    }
    this.nobodyPassedOver(reply.turns);
    if (late > 0 && this.serving >= late) {
      const behind = await offer({ requestId: `tk_${++this.calls}`, serving: this.serving - late });
      expect(behind).toMatchObject({ serving: this.serving, turns: [] });
    }
  }

  /** Among those present, nobody behind gets a turn while somebody before waits. */
  private nobodyPassedOver(given: readonly Turn[]): void {
    const positions = given.map((turn) => turn.position);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    const last = positions.at(-1) ?? -1;
    for (const [entryId, position] of this.index) {
      const present = (this.presentUntil.get(entryId) ?? 0) > this.now;
      const inLine = !this.turns.has(entryId) && !this.admissions.has(entryId);
      if (present && inLine) expect(position).toBeGreaterThan(last);
    }
  }

  private async counts() {
    const counts = await this.store.queue.counts(this.scope, { now: this.now });
    if (counts.kind !== "ok") throw new Error(counts.kind);
    return counts;
  }

  private async twice<Reply>(call: () => Promise<Reply>): Promise<Reply> {
    const reply = await call();
    const before = await this.counts();
    expect(await call()).toEqual(reply);
    expect(await this.counts()).toEqual(before);
    return reply;
  }

  private async check(): Promise<void> {
    const { joined, waiting, returned, turns, shoppers } = await this.counts();
    expect(joined).toBe(this.index.size);
    expect(turns).toBe(this.turns.size);
    expect(waiting).toBe(this.index.size - this.turns.size - this.admissions.size);
    expect(turns + shoppers).toBeLessThanOrEqual(capacity);
    expect(shoppers).toBeLessThanOrEqual(this.admissions.size);
    expect(returned).toBeLessThanOrEqual(waiting);
    for (const entryId of this.index.keys()) {
      const standing = await this.store.queue.shopper(this.scope, entryId, { now: this.now });
      if (standing.kind === "active") expect(this.admissions.has(entryId)).toBe(true);
    }
  }
}

test("whatever fans, pacers and clocks do, the line stays right", async () => {
  const property = fc.asyncProperty(
    fc.array(command, { maxLength: 80, size: "max" }),
    async (commands) => {
      const store = await openHotStore({ kind: "memory" });
      try {
        await new Play(store).run(commands);
      } finally {
        await store.close();
      }
    },
  );
  await fc.assert(property, { numRuns: 200 });
});
