// [Y2] from the inside: every map, set and growing list of the rooms that strangers knock at is named here,
// with the word of its gauge, or with what keeps it small. One that is not named fails this test; so does a
// name that is no longer there. From the outside: whole-way.test.ts, privacy.test.ts.

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const source = join(import.meta.dir, "..");
const kept =
  /(?:const|let|static|readonly) (\w+)(?:: (?:[^=;]|=>)+)? = (?:new (?:Map|Set|WeakMap)\b|\[\];)/g;

const known: Record<string, string> = {
  "gateway/entry-asks.ts byLine": "gauge entry_asks",
  "gateway/joining/join.ts waiting": "gauge joins_unanswered",
  "gateway/joining/join.ts later": "a part of one batch",
  "gateway/lines.ts lines": "gauge lines",
  "gateway/lines.ts loading": "gauge lines_loading",
  "gateway/lines.ts misses": "gauge unknown_lines",
  "gateway/lines.ts endings": "one a line",
  "gateway/lines.ts listeners": "set up once",
  "gateway/lines.ts watchers": "set up once",
  "gateway/live/crowd.ts waiters": "gauge streams",
  "gateway/live/crowd.ts front": "gauge streams_owed",
  "gateway/live/crowd.ts back": "gauge streams_owed",
  "gateway/live/live-hub.ts crowds": "one a line",
  "gateway/live/live-hub.ts byEntry": "gauge stream_entries",
  "gateway/live/live-hub.ts byNetwork": "gauge stream_networks",
  "gateway/pacing/pacer.ts reports": "one an on-sale of the catalog",
  "gateway/pacing/pacer.ts led": "one an on-sale of the catalog",
  "gateway/pacing/pacer.ts closedAt": "one an on-sale of the catalog",
  "gateway/pacing/tick.ts memories": "one an on-sale of the catalog",
  "gateway/pacing/tick.ts indexes": "the look-ahead of one tick",
  "gateway/places.ts joiners": "one a line",
  "gateway/polls/believed.ts young": "gauge tokens_believed",
  "gateway/polls/believed.ts elder": "gauge tokens_believed",
  "gateway/presence.ts pending": "gauge presence_pending",
  "gateway/proofs/checking-keys.ts held": "the origin keys that operators made",
  "gateway/proofs/proofs.ts byNetwork": "gauge presale_guessers",
  "http/cors.ts forEverybody": "constant",
  "http/cors.ts withQueueToken": "constant",
  "http/cors.ts known": "from the settings",
  "http/live/limited-streams.ts streams": "gauge seat_streams, order_streams",
  "http/read-body.ts chunks": "the limit of one body",
  "http/seen-position.ts changedNothing": "constant",
};

test("[Y2] every map and queue of the gateway and of the server is bounded", () => {
  const found = new Set<string>();
  for (const room of ["gateway", "http"]) {
    for (const path of new Bun.Glob(`${room}/**/*.ts`).scanSync(source)) {
      if (path.endsWith(".test.ts")) continue;
      const text = readFileSync(join(source, path), "utf8");
      for (const [, name] of text.matchAll(kept)) found.add(`${path} ${name}`);
    }
  }
  expect([...found].sort()).toEqual(Object.keys(known).sort());
});

test("the search finds a map, a set and a list", () => {
  const samples = [
    "const a = new Map<OnSaleId, Line>();",
    "let b: Waiter[] = [];",
    "const b: ((line: Line) => void)[] = [];",
    "  readonly c: Set<string> = new Set();",
  ];
  expect(samples.map((sample) => [...sample.matchAll(kept)].length)).toEqual([1, 1, 1, 1]);
});
