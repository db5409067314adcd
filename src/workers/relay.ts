// The relay: sends what the outbox owes, at least once, and never undoes a sale. The Message-ID is made
// of the row's key, so that a mail sent twice (killed between sending and noting it) is one mail to
// whoever keeps mail by its id.

import type { Log } from "../foundation/log.ts";
import type { Mail, Mailer, Outbox, OutboxRow } from "../ports/outbox.ts";
import { type Duty, startRounds } from "./round.ts";

export type RelayDeps = {
  outbox: Outbox;
  mailer: Pick<Mailer, "send">;
  /** undefined: nothing is owed any more (the order is gone). */
  compose: (row: OutboxRow) => Promise<Mail | undefined>;
  log: Log;
  idleMs?: number;
};

const batch = 20;
const leaseMs = 60_000;
const longestRetryMs = 600_000;

export async function relayOnce(deps: RelayDeps): Promise<number> {
  const rows = await deps.outbox.take(batch, leaseMs);
  await Promise.all(rows.map((row) => sendRow(deps, row)));
  return rows.length;
}

async function sendRow({ outbox, mailer, compose, log }: RelayDeps, row: OutboxRow): Promise<void> {
  try {
    const mail = await compose(row);
    if (mail !== undefined) await mailer.send(mail);
    await outbox.sent(row.id);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    log.warn({ row: row.id, topic: row.topic, tries: row.tries }, "a mail could not be sent");
    await outbox.failed(
      row.id,
      why.slice(0, 500),
      Math.min(longestRetryMs, 1_000 * 2 ** row.tries),
    );
  }
}

export function startRelay(deps: RelayDeps): Duty {
  const idleMs = deps.idleMs ?? 500;
  return startRounds(
    { name: "relay", log: deps.log, pauseMs: (found) => (found === batch ? 0 : idleMs) },
    () => relayOnce(deps),
  );
}
