// Scripts as pairs: `hold-seats.lua` says in its header what it needs, answers and keeps; the
// `hold-seats.ts` beside it builds the arguments and reads every word of the reply. tidy holds the two
// to each other. Parts (scripts/parts) are Lua that several scripts share, put in front of the body.
//
// Every script begins with the same two arguments: the epoch that the caller expects (or the token of
// a running restore), and the instant that counts, '' for the store's own clock.
// Read next: runner.ts, scripts/line/join-line.lua.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { assert } from "../../foundation/assert.ts";

export type Script<Key extends string = string> = {
  readonly name: string;
  readonly source: string;
  readonly sha: string;
  /** In the order of KEYS. */
  readonly keys: readonly Key[];
};

/** In the order in which they build on each other. */
const partNames = [
  "clock",
  "spans",
  "asks",
  "lapse-turns",
  "places",
  "seat-table",
  "holds",
  "replace-seats",
  "write-holds",
  "lapse-holds",
  "pick-places",
  "take-seats",
  "recent-replies",
] as const;
export type Part = (typeof partNames)[number];

/** @param at the address of the pair's TypeScript file; its Lua file lies beside it. */
export function script<Key extends string>(
  at: string,
  { keys, parts }: { keys: readonly Key[]; parts: readonly Part[] },
): Script<Key> {
  const file = new URL(at.replace(/\.ts$/, ".lua"));
  const name = file.pathname.slice(file.pathname.lastIndexOf("/") + 1, -".lua".length);
  const ordered = partNames.filter((part) => parts.includes(part));
  assert(ordered.join() === parts.join(), `${name}: parts in the order ${ordered.join()}`);
  const names = keys.map((_, nth) => `KEYS[${nth + 1}]`);
  const source = [
    `local ${keys.join(", ")} = ${names.join(", ")}`,
    ...parts.map((part) => readFileSync(new URL(`./scripts/parts/${part}.lua`, import.meta.url))),
    readFileSync(file),
  ].join("\n");
  return { name, source, sha: createHash("sha1").update(source).digest("hex"), keys };
}

/** Reads a flat reply from its first element on: the word, then what belongs to it. */
export class Reply {
  readonly word: string;
  private readonly items: readonly unknown[];
  private at = 1;

  constructor(items: unknown) {
    assert(Array.isArray(items) && items.length > 0, "a script answers a list");
    this.items = items;
    this.word = String(items[0]);
  }

  get isRead(): boolean {
    return this.at >= this.items.length;
  }

  text(): string {
    return String(this.next());
  }

  number(): number {
    const value = Number(this.next());
    assert(!Number.isNaN(value), "a script's reply has a number here");
    return value;
  }

  /** A count, then as many numbers. */
  numbers(): number[] {
    return Array.from({ length: this.number() }, () => this.number());
  }

  /** An element that is a reply of its own. */
  inner(): Reply {
    return new Reply(this.next());
  }

  bytes(): Uint8Array {
    const value = this.next();
    assert(value instanceof Uint8Array, "a script's reply has bytes here");
    return value;
  }

  /** For the default of a switch over the words. */
  unexpected(name: string): never {
    throw new Error(`${name} answered ${this.word}`);
  }

  private next(): unknown {
    assert(this.at < this.items.length, "a script's reply ended too early");
    return this.items[this.at++];
  }
}
