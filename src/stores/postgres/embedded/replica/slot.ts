// The replication slot of an embedded replica: the primary keeps what the replica has not read yet, at
// most `max_slot_wal_keep_size` (settings.ts), so that a replica that is gone never fills its disk.

import pg from "pg";

/** Reserved at once: what is written while the files are copied is kept too. */
export async function makeSlot(connectionString: string, slot: string): Promise<void> {
  await dropSlot(connectionString, slot);
  await ask(connectionString, "select pg_create_physical_replication_slot($1, true)", [slot]);
}

const dropWithinMs = 5_000;

/** The primary notices a moment late that its reader has left; until then the slot cannot be dropped. */
export async function dropSlot(connectionString: string, slot: string): Promise<void> {
  const until = performance.now() + dropWithinMs;
  for (;;) {
    const rows = await ask(
      connectionString,
      `select case when active_pid is null then pg_drop_replication_slot(slot_name) is not null
              else not pg_terminate_backend(active_pid) end as dropped
       from pg_replication_slots where slot_name = $1`,
      [slot],
    );
    if (rows.length === 0 || performance.now() > until) return;
    await Bun.sleep(20);
  }
}

/** A standby refuses to start with less of these than its primary has. */
const likeThePrimary = [
  "max_connections",
  "max_worker_processes",
  "max_wal_senders",
  "max_prepared_transactions",
  "max_locks_per_transaction",
];

export async function settingsOf(connectionString: string): Promise<Record<string, string>> {
  const rows = await ask(
    connectionString,
    "select name, setting from pg_settings where name = any ($1::text[])",
    [likeThePrimary],
  );
  return Object.fromEntries(rows.map(({ name, setting }) => [String(name), String(setting)]));
}

async function ask(
  connectionString: string,
  sql: string,
  values: unknown[],
): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {}); // The statement that it hits rejects.
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql, values)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}
