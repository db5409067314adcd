// Duties to notify. The rows are written where the change is (orders/record-change.ts and
// issue-tickets.ts); here the relay takes them, at least once each. A row that failed too often stays,
// with its last error, and is not taken again: a person looks at it.

import type { Outbox, OutboxRow } from "../../ports/outbox.ts";
import { type Database, statement } from "./database.ts";
import { groupCommit } from "./group-commit.ts";

/** With the relay's growing pauses this is about a day of trying. */
const maxTries = 20;
const maxErrorLength = 500;

const sql = {
  take: statement(
    "outbox-take",
    `with taken as (
       update outbox set due_at = now_ms() + $2::bigint, tries = tries + 1
       where id in (
         select id from outbox where sent_at is null and due_at <= now_ms() and tries < $3
         order by id for update skip locked limit $1)
       returning id, key, topic, payload, tries)
     select * from taken order by id`,
  ),
  sent: statement(
    "outbox-sent",
    `update outbox set sent_at = now_ms(), last_error = null
     where id = any ($1::bigint[]) and sent_at is null`,
  ),
  failed: statement(
    "outbox-failed",
    `update outbox set last_error = $2, due_at = now_ms() + $3::bigint
     where id = $1 and sent_at is null`,
  ),
};

export function openOutbox(database: Database): Outbox {
  // The relay sends twenty mails at once, and a disk flush for each would be most of what they cost.
  const sent = groupCommit<number, void>({
    name: "sent-mails",
    keysOf: (id) => [String(id)],
    gauges: database.groups,
    async commit(batch) {
      await database.rows(sql.sent, [batch]);
      return batch.map(() => undefined);
    },
  });
  return {
    take: (limit, leaseMs) => database.rows<OutboxRow>(sql.take, [limit, leaseMs, maxTries]),
    sent,
    async failed(id, why, retryMs) {
      await database.rows(sql.failed, [id, why.slice(0, maxErrorLength), retryMs]);
    },
  };
}
