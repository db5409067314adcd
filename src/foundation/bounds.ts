// What a process keeps for its callers, and what it keeps at most (Y2). Every queue and every map that
// callers can make grow is one of these, by a word of its own in `/metrics`: an operator sees how full it
// is before it refuses, and a test refuses a map that is in no list (bounds.test.ts).

/** How many it keeps now, and the most that it will keep. */
export type Bound = { readonly size: number; readonly limit: number };

/** By word, in snake case, as the metrics have it. Read when scraped. */
export type Bounds = () => Readonly<Record<string, Bound>>;
