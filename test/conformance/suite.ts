// How conformance cases are declared and run. A suite is a list of named cases; each takes a way to
// open a hot store, gets a fresh one, and throws where the store breaks its port. So the same cases
// run as tests against every adapter, and against sabotaged stores, where some of them must fail.
//
// Read next: queue-places.ts, queue-turns.ts, queue-shopping.ts, seat-holding.ts, seat-truths.ts, …

import { expect, test } from "bun:test";
import { manualClock } from "../../src/foundation/clock.ts";
import { type EntryId, newId } from "../../src/foundation/ids.ts";
import type { HotStore } from "../../src/ports/hot-store.ts";

export type Subject = {
  open(): Promise<HotStore>;
  /** Another connection to the same state. Left out where the store lives in one process. */
  connect?(store: HotStore): Promise<HotStore>;
};

export type Case = { name: string; run(bench: Bench): Promise<void> };

/** What a case works with: the store, and connections to it for the contention cases. */
export type Bench = { store: HotStore; connections: readonly HotStore[] };

/** Every instant in a case is named, counted from here. */
export const start = manualClock().now();

const connectionCount = 4;

async function runCase(one: Case, subject: Subject): Promise<void> {
  const store = await subject.open();
  const connections = [store];
  try {
    while (connections.length < connectionCount) {
      connections.push(subject.connect === undefined ? store : await subject.connect(store));
    }
    await one.run({ store, connections });
  } finally {
    for (const connection of new Set(connections)) await connection.close();
  }
}

/** Declares the cases as tests. The floor: a suite must not vanish unnoticed. */
export function declare(
  port: string,
  cases: readonly Case[],
  { subject, atLeast }: { subject: Subject; atLeast: number },
): void {
  test(`${port}: at least ${atLeast} cases, each with a name of its own`, () => {
    expect(cases.length).toBeGreaterThanOrEqual(atLeast);
    expect(new Set(cases.map((one) => one.name)).size).toBe(cases.length);
  });
  for (const one of cases) test(`${port}: ${one.name}`, () => runCase(one, subject));
}

/** The names of the cases that fail, for sabotaged stores. */
export async function failuresOf(cases: readonly Case[], subject: Subject): Promise<string[]> {
  const failed: string[] = [];
  for (const one of cases) {
    try {
      await runCase(one, subject);
    } catch {
      failed.push(one.name);
    }
  }
  return failed;
}

/** Waits for a fact; gives up loudly. */
export async function eventually(what: string, holds: () => boolean): Promise<void> {
  const giveUpAt = performance.now() + 1_000;
  while (!holds()) {
    if (performance.now() > giveUpAt) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Narrows a reply to the outcome that the case needs to go on. */
export function only<Reply extends { kind: string }, Kind extends Reply["kind"]>(
  reply: Reply,
  kind: Kind,
): Extract<Reply, { kind: Kind }> {
  expect(reply.kind).toBe(kind);
  return reply as Extract<Reply, { kind: Kind }>;
}

export function entryIds(count: number): EntryId[] {
  return Array.from({ length: count }, () => newId("entry"));
}
export const numbers = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => from + at);
