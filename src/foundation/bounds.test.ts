// [Y2] from the inside: every map, set and growing list of every room that runs in a process of ours is named
// here, with the word of its gauge, or with what keeps it small. One that is not named fails this test; so does a
// name that is no longer there. From the outside: whole-way.test.ts, privacy.test.ts.

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const source = join(import.meta.dir, "..");
const kept =
  /(?:const|let|static|readonly) (\w+)(?:: (?:[^=;]|=>)+)? = (?:new (?:Map|Set|WeakMap)\b|\[\];)/g;

const known: Record<string, string> = {
  "box-office/desk/creating.ts places": "a part of one call",
  "box-office/desk/desk.ts names": "a part of one call",
  "box-office/desk/live/live-numbers.ts kept": "gauge desk_numbers",
  "box-office/desk/live/live.ts watchers": "gauge desk_streams",
  "box-office/desk/live/rate-meter.ts steps": "the last minute of one on-sale",
  "box-office/desk/plans/import-plan.ts chunks": "the limit of one file",
  "box-office/desk/processes.ts others": "the processes of the installation",
  "box-office/door/gate-routes.ts counts": "gauge gate_devices_scanning",
  "box-office/door/gate-routes.ts replies": "a part of one call",
  "box-office/door/gate-routes.ts seats": "a part of one call",
  "box-office/door/gate-routes.ts sections": "a part of one call",
  "box-office/health.ts samples": "a part of one call",
  "box-office/sales.ts texts": "one a plan's section that is kept (foundation/kept)",
  "box-office/seats/availability.ts rooms": "one a performance that is sold",
  "box-office/seats/availability.ts streams": "gauge seat_streams",
  "box-office/seats/hold-routes.ts areas": "a part of one call",
  "box-office/seats/hold-routes.ts seen": "a part of one call",
  "box-office/tickets/ticket-routes.ts kept": "gauge revocation_lists",
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
  "gateway/live/owed.ts waiters": "gauge streams_owed",
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
  "http/limits/doorstep.ts standing": "gauge holds_outside, orders_outside",
  "http/limits/refusals.ts waiting": "gauge holds_refusing, joins_refusing, orders_refusing",
  "http/live/limited-streams.ts streams": "gauge seat_streams, order_streams",
  "http/read-body.ts chunks": "the limit of one body",
  "http/seen-position.ts changedNothing": "constant",
  "payments/pace.ts lines": "one an endpoint of the provider",
  "payments/sandbox/sandbox-answers.ts payments": "one page of a ledger",
  "payments/toss/toss-answers.ts saysNothing": "constant",
  "payments/toss/toss-gateway.ts byPayment": "one page of a ledger",
  "payments/turnstile.ts line": "gauge provider_calls",
  "purchase/purchase.ts driven": "gauge orders_driven",
  "purchase/purchase.ts running": "gauge orders_driven",
  "purchase/refunding/refunds.ts running": "gauge refunds_driven",
  "stores/epochs.ts known": "one a line or performance",
  "stores/epochs.ts renewing": "one a line or performance",
  "stores/hot/requests.ts ids": "a part of one call",
  "stores/hot/requests.ts indexes": "a part of one call",
  "stores/memory/keyed-heap.ts items": "of the store itself: src/stores/hot/limits.ts",
  "stores/memory/keyed-heap.ts keys": "of the store itself: src/stores/hot/limits.ts",
  "stores/memory/keyed-heap.ts slots": "of the store itself: src/stores/hot/limits.ts",
  "stores/memory/keyed-heap.ts turns": "of the store itself: src/stores/hot/limits.ts",
  "stores/memory/line/entry-table.ts admissionIds": "of the store itself: src/stores/hot/limits.ts",
  "stores/memory/line/entry-table.ts ids": "of the store itself: src/stores/hot/limits.ts",
  "stores/memory/line/entry-table.ts slotById": "of the store itself: src/stores/hot/limits.ts",
  "stores/memory/line/turns.ts turns": "a part of one call",
  "stores/memory/notice-bus.ts listeners": "gauge hot_subscriptions",
  "stores/memory/scopes.ts states": "gauge hot_lines, hot_performances",
  "stores/memory/seats/holds.ts byId": "of the store itself: src/stores/hot/limits.ts",
  "stores/memory/seats/holds.ts owners": "of the store itself: src/stores/hot/limits.ts",
  "stores/memory/seats/seat-notices.ts full": "a part of one call",
  "stores/memory/seats/seat-notices.ts open": "one a performance",
  "stores/memory/seats/take-seats.ts picked": "a part of one call",
  "stores/memory/seats/take-seats.ts short": "a part of one call",
  "stores/memory/seats/take-seats.ts spoken": "a part of one call",
  "stores/postgres/alone.ts waiting": "one a line or performance that is rebuilt",
  "stores/postgres/database.ts registry": "constant",
  "stores/postgres/desk/sign-in-failures.ts byKey": "a part of one call",
  "stores/postgres/embedded/replica/copy-cluster.ts leftEmpty": "constant",
  "stores/postgres/embedded/server.ts restartedAt": "the last restarts",
  "stores/postgres/faults.ts connectionErrors": "constant",
  "stores/postgres/group-commit.ts batch": "a part of one batch",
  "stores/postgres/group-commit.ts queue": "gauges commit_*",
  "stores/postgres/group-commit.ts rest": "a part of one batch",
  "stores/postgres/group-commit.ts seen": "a part of one batch",
  "stores/postgres/keys.ts kept": "one a purpose of keys",
  "stores/postgres/line/admitting.ts byEntry": "a part of one batch",
  "stores/postgres/operators.ts waiting": "gauge password_checks",
  "stores/postgres/orders/confirm-seats.ts groups": "a part of one batch",
  "stores/postgres/orders/confirm-seats.ts late": "a part of one batch",
  "stores/postgres/orders/confirm-seats.ts moved": "a part of one batch",
  "stores/postgres/orders/confirm-seats.ts versions": "a part of one batch",
  "stores/postgres/orders/create-order.ts made": "a part of one batch",
  "stores/postgres/orders/issue-tickets.ts refused": "a part of one batch",
  "stores/postgres/orders/issue-tickets.ts seats": "a part of one batch",
  "stores/postgres/orders/issue-tickets.ts sold": "a part of one batch",
  "stores/postgres/orders/record-change.ts bySeatKey": "a part of one batch",
  "stores/postgres/orders/record-change.ts moved": "a part of one batch",
  "stores/postgres/pools/array-literal.ts plain": "constant",
  "stores/postgres/seats/claim-batch.ts all": "a part of one batch",
  "stores/postgres/seats/claim-together.ts taken": "a part of one batch",
  "stores/postgres/seats/hold-requests.ts known": "a part of one batch",
  "stores/postgres/seats/seat-claims.ts known": "a part of one batch",
  "stores/redis/batches/batches.ts lanes":
    "gauge hot_holds_waiting, hot_truths_waiting, hot_leaving",
  "stores/redis/calm-cluster.ts waiting": "who waits for one question to the cluster",
  "stores/redis/notices/listening.ts listeners": "gauge hot_subscriptions",
  "stores/redis/notices/notice-bus.ts byChannel": "gauge hot_subscriptions",
  "stores/redis/queue-store.ts replies": "a part of one call",
  "stores/redis/scripts/line/offer-turns.ts turns": "a part of one call",
  "stores/redis/scripts/seats/apply-truths.ts args": "a part of one call",
  "stores/redis/scripts/seats/expire-holds.ts holds": "a part of one call",
  "stores/redis/seat-store.ts ownerOf": "a part of one call",
  "tickets/order-mail.ts given": "a part of one call",
  "tickets/order-mail.ts seatOf": "a part of one call",
  "tickets/paper/calendar-entry.ts pieces": "a part of one call",
  "tickets/paper/pdf-printer.ts waiting": "gauge pdfs_waiting",
  "tickets/paper/ticket-pdf.ts chunks": "a part of one call",
  "workers/completer.ts running": "gauge orders_completing",
  "workers/mender.ts differing": "the seats of one performance",
  "workers/mender.ts ids": "the performances of the catalog",
  "workers/mender.ts known": "one a performance of the catalog",
  "workers/mender.ts wrong": "the seats of one performance",
  "workers/rebuilder.ts admissions": "the admissions of one line",
  "workers/rebuilder.ts running": "one a line or performance",
  "workers/rebuilder.ts truths": "the seats of one performance",
  "workers/reconciler.ts findings": "one round",
  "workers/reconciler.ts knownOld": "gauge payments_looked_up",
  "workers/reconciler.ts ours": "our book of one window",
  "workers/reconciler.ts theirs": "the provider's ledger of one window",
};

/** The sandbox provider is a process of its own, for trying things out. */
const left = /^payments\/sandbox\/server\/|\.test\.ts$/;
const rooms = [
  "gateway",
  "http",
  "box-office",
  "workers",
  "stores",
  "payments",
  "purchase",
  "tickets",
];

test("[Y2] every map and queue of the rooms that run for others is bounded", () => {
  const found = new Set<string>();
  for (const room of rooms) {
    for (const path of new Bun.Glob(`${room}/**/*.ts`).scanSync(source)) {
      if (left.test(path)) continue;
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
