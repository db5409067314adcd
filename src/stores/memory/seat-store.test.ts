// Random fans, payments and operators against a handful of seats. The invariants are checked from the
// replies alone, as a fan could: no second owner, nothing ends early (S12), limits hold (S14), the
// states add up (S15), and a command that is sent twice has no second effect.
// Rule by rule: test/conformance/seat-holding.ts and seat-truths.ts.

import { expect, test } from "bun:test";
import fc from "fast-check";
import type { EntryId, HoldId, OrderId, PerformanceId } from "../../foundation/ids.ts";
import type { HotStore } from "../../ports/hot-store.ts";
import type { Hold, SeatTruth } from "../../ports/seat-store.ts";
import { openHotStore } from "../open.ts";

const seatCount = 8;
const limit = 3;
const seat = fc.nat(seatCount - 1);
const fan = fc.nat(3);
const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("hold" as const),
      fan,
      seats: fc.array(seat, { minLength: 1, maxLength: 3 }),
      places: fc.nat(2),
      holdMs: fc.integer({ min: 1, max: 20 }),
    }),
  },
  fc.record({ kind: fc.constant("extend" as const), fan, holdMs: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ kind: fc.constant("release" as const), fan, seats: fc.array(seat) }),
  fc.record({
    kind: fc.constant("word" as const),
    seat,
    state: fc.constantFrom("free", "held", "paying", "sold", "withheld"),
    late: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ kind: fc.constant("sweep" as const), limit: fc.nat(3) }),
);
type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

class Play {
  private readonly scope = { performanceId: "pf_play" as PerformanceId, epoch: 1 };
  private readonly store: HotStore;
  /** What fans were promised: whose the seat is, and until when their hold runs. */
  private readonly promised = new Map<number, { owner: EntryId; state: SeatTruth["state"] }>();
  private readonly withheld = new Set<number>();
  private readonly deadlines = new Map<EntryId, number>();
  private readonly holdIds = new Map<EntryId, HoldId>();
  private readonly fences = new Map<number, number>();
  private requests = 0;
  private now = 1_000;
  private lastMap = "";
  private lastVersion = -1;

  constructor(store: HotStore) {
    this.store = store;
  }

  async run(commands: readonly Command[]): Promise<void> {
    await this.store.seats.restore(this.scope, { seatCount, claims: [] });
    for (const one of commands) {
      await this.obey(one);
      await this.check();
    }
  }

  private async obey(one: Command): Promise<void> {
    this.expire();
    const at = { now: this.now };
    switch (one.kind) {
      case "hold":
        return this.hold(one);
      case "extend": {
        const request = { ...this.fan(one.fan), holdMs: one.holdMs, maxHoldMs: 40 };
        const reply = await this.twice(() => this.store.seats.extend(this.scope, request, at));
        if (reply.kind === "held") this.promise(reply.hold);
        return;
      }
      case "release": {
        const request = { ...this.fan(one.fan), seats: one.seats };
        const reply = await this.store.seats.release(this.scope, request, at);
        if (reply.kind === "released") for (const freed of reply.seats) this.promised.delete(freed);
        await this.unchanged(() => this.store.seats.release(this.scope, request, at));
        return;
      }
      case "word":
        return this.word(one);
      case "wait":
        this.now += one.ms;
        return;
      case "sweep": {
        const before = await this.seen();
        await this.store.seats.expire(this.scope, { ...at, limit: one.limit });
        expect(await this.seen()).toEqual(before);
      }
    }
  }

  private async hold(one: Extract<Command, { kind: "hold" }>): Promise<void> {
    const owner = this.fan(one.fan).owner;
    const request = {
      requestId: `rq_${++this.requests}`,
      owner,
      holdId: `hd_${this.requests}` as HoldId,
      seats: one.seats,
      areas: one.places === 0 ? [] : [{ first: 4, last: 7, count: one.places }],
      holdMs: one.holdMs,
      maxHoldMs: 40,
      limit,
    };
    const ask = () => this.store.seats.hold(this.scope, request, { now: this.now });
    const reply = await this.twice(ask);
    if (reply.kind === "over-limit") expect(reply.has).toBe(this.has(owner));
    if (reply.kind === "taken") {
      for (const number of reply.seats) this.taken(number, owner);
    }
    if (reply.kind !== "held") return;
    for (const number of reply.added) expect(this.promised.has(number)).toBe(false);
    this.holdIds.set(owner, reply.hold.holdId);
    this.promise(reply.hold);
  }

  /** PostgreSQL's word about a seat: about whoever has it, as its claims would have it. */
  private async word(one: Extract<Command, { kind: "word" }>): Promise<void> {
    const fence = this.fences.get(one.seat) ?? 0;
    const owner = this.promised.get(one.seat)?.owner;
    const base = { seat: one.seat, fence: one.late ? fence - 1 : fence + 1 };
    if (base.fence < 0) return;
    let truth: SeatTruth = { ...base, state: one.state };
    if (one.state !== "free" && one.state !== "withheld") {
      if (owner === undefined) return;
      const holdId = this.holdIds.get(owner) as HoldId;
      const times = { heldAt: this.now - 1, deadline: this.now + 10 };
      truth = { ...truth, owner, holdId, orderId: "or_1" as OrderId };
      if (one.state === "held") truth = { ...truth, ...times };
    }
    const apply = () => this.store.seats.apply(this.scope, [truth]);
    if (one.late) return this.unchanged(apply);
    this.fences.set(one.seat, truth.fence);
    await apply();
    this.believe(truth);
    await this.unchanged(apply);
  }

  private believe({ seat: number, state, owner, deadline }: SeatTruth): void {
    this.promised.delete(number);
    if (state === "withheld") this.withheld.add(number);
    else this.withheld.delete(number);
    if (owner === undefined || state === "free" || state === "withheld") return;
    this.promised.set(number, { owner, state });
    // A hold has one deadline: the word about one of its seats is the word about all that are held.
    if (deadline !== undefined) this.deadlines.set(owner, deadline);
  }

  private promise({ owner, seats, deadline }: Hold): void {
    // Neither a wish for less nor a repeat takes back what was promised.
    const running = [...this.promised.values()].some(
      (promise) => promise.owner === owner && promise.state !== "sold",
    );
    if (running) {
      expect(deadline).toBeGreaterThanOrEqual(this.deadlines.get(owner) ?? 0);
    }
    for (const number of seats) this.promised.set(number, { owner, state: "held" });
    this.deadlines.set(owner, deadline);
  }

  private has(owner: EntryId): number {
    return [...this.promised.values()].filter((promise) => promise.owner === owner).length;
  }

  /** A held seat is over at the deadline of its hold, unless a seat of it is being paid for. */
  private expire(): void {
    const promises = [...this.promised.entries()];
    for (const [number, { owner, state }] of promises) {
      const isPaying = promises.some(([, one]) => one.owner === owner && one.state === "paying");
      const over = (this.deadlines.get(owner) ?? 0) <= this.now;
      if (state === "held" && !isPaying && over) this.promised.delete(number);
    }
  }

  private fan(nth: number): { owner: EntryId; holdId: HoldId } {
    const owner = `qe_${nth}` as EntryId;
    return { owner, holdId: this.holdIds.get(owner) ?? ("hd_none" as HoldId) };
  }

  private async seen() {
    const at = { now: this.now };
    const [map, counts] = [
      await this.store.seats.availability(this.scope, at),
      await this.store.seats.counts(this.scope, at),
    ];
    if (map.kind !== "ok" || counts.kind !== "ok") throw new Error("stale");
    const looks = Array.from({ length: seatCount }, (_, number) => {
      return ((map.bits[number >> 2] as number) >> ((number & 3) * 2)) & 3;
    });
    return { looks, version: map.version, counts };
  }

  private async twice<Reply>(call: () => Promise<Reply>): Promise<Reply> {
    const reply = await call();
    const before = await this.seen();
    expect(await call()).toEqual(reply);
    expect(await this.seen()).toEqual(before);
    return reply;
  }

  private async unchanged(call: () => Promise<unknown>): Promise<void> {
    const before = await this.seen();
    await call();
    expect(await this.seen()).toEqual(before);
  }

  /** A refusal must be true: the seat is another's, or withheld, or bought. */
  private taken(number: number, owner: EntryId): void {
    const promise = this.promised.get(number);
    const own = promise?.owner === owner && promise.state !== "sold";
    const gone = this.withheld.has(number) || promise !== undefined;
    expect({ number, own, gone }).toEqual({ number, own: false, gone: true });
  }

  private async check(): Promise<void> {
    const { looks, version, counts } = await this.seen();
    const { free, held, paying, sold, withheld } = counts;
    expect(free + held + paying + sold + withheld).toBe(seatCount);
    const shown = [0, 1, 2, 3].map((look) => looks.filter((one) => one === look).length);
    expect(shown).toEqual([free, held + paying, sold, withheld]);
    this.expire();
    for (let number = 0; number < seatCount; number++) {
      const state = this.promised.get(number)?.state;
      const look =
        state === undefined ? [this.withheld.has(number) ? 3 : 0] : state === "sold" ? [2] : [1];
      expect(look).toContain(looks[number] as number);
    }
    for (const nth of [0, 1, 2, 3]) {
      const { owner } = this.fan(nth);
      const mine = await this.store.seats.holdOf(this.scope, owner, { now: this.now });
      const holding = mine.kind === "held" ? mine.hold.seats : [];
      expect(this.has(owner)).toBeLessThanOrEqual(limit);
      for (const number of holding) expect(this.promised.get(number)?.owner).toBe(owner);
    }
    expect(version >= this.lastVersion).toBe(true);
    if (version === this.lastVersion) expect(looks.join("")).toBe(this.lastMap);
    this.lastMap = looks.join("");
    this.lastVersion = version;
  }
}

test("whatever fans, payments and clocks do, the seats stay right", async () => {
  const property = fc.asyncProperty(
    fc.array(command, { maxLength: 60, size: "max" }),
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
