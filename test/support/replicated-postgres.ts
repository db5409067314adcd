// A real primary with real streaming replicas for tests, on free ports in scratch folders; nothing stays
// behind, however the process ends. Each call starts a pair of its own, because what tests do to it
// (pause the replay, kill) would reach everybody on a shared one.
//
//   const { primary, replicas } = await replicatedPostgres();       // one replica
//   await replicas[0].pauseReplay();                                // from here on it shows the past
//
// Without fsync (scratch data), but with synchronous commits: a replica is sent what was flushed.

import { rmSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from "../../src/stores/postgres/embedded.ts";
import {
  type EmbeddedReplica,
  startEmbeddedReplica,
} from "../../src/stores/postgres/embedded/replica/replica.ts";
import { clearAwayAfterUs, fastAndForgetful } from "./postgres.ts";
import { scratchFolder } from "./scratch.ts";
import { until } from "./until.ts";

export type TestReplica = EmbeddedReplica & {
  /** It goes on receiving, and shows what was true when it was paused. */
  pauseReplay(): Promise<void>;
  resumeReplay(): Promise<void>;
  /** Resolves when it shows all that the primary has committed by now. */
  caughtUp(): Promise<void>;
  /** kill -9 of the server; its keeper starts it again on the same port. */
  kill(): void;
};

export type ReplicatedPostgres = {
  primary: EmbeddedPostgres;
  replicas: TestReplica[];
  stop(): Promise<void>;
};

const settings = { ...fastAndForgetful, synchronous_commit: "on", log_min_messages: "fatal" };

export async function replicatedPostgres({ count = 1 } = {}): Promise<ReplicatedPostgres> {
  const home = scratchFolder("test-replicated");
  const log = () => {};
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of stops.reverse()) await end();
    rmSync(home, { recursive: true, force: true });
  };
  try {
    const folder = (name: string) => join(home, name);
    const primary = await startEmbeddedPostgres({ dataDir: folder("primary"), log, settings });
    stops.push(() => primary.stop());
    clearAwayAfterUs(folder("primary"));
    const replicas: TestReplica[] = [];
    for (let number = 1; number <= count; number++) {
      const dataDir = folder(`replica-${number}`);
      const replica = await startEmbeddedReplica({ primary, dataDir, log, settings });
      stops.push(() => replica.stop());
      clearAwayAfterUs(dataDir);
      replicas.push(underTest(primary, replica));
    }
    return { primary, replicas, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function underTest(primary: EmbeddedPostgres, replica: EmbeddedReplica): TestReplica {
  const ask = (sql: string) => askOnce(replica.connectionString, sql);
  return {
    ...replica,
    async pauseReplay() {
      await ask("select pg_wal_replay_pause()");
      await until(
        "a paused replay",
        async () => (await ask("select pg_get_wal_replay_pause_state()")) === "paused",
      );
    },
    resumeReplay: async () => void (await ask("select pg_wal_replay_resume()")),
    async caughtUp() {
      const end = await askOnce(primary.connectionString, "select pg_current_wal_flush_lsn()");
      await until("a replica that has caught up", async () => {
        return (await ask(`select pg_last_wal_replay_lsn() >= '${String(end)}'`)) === true;
      });
    },
    kill: () => void process.kill(replica.pid(), "SIGKILL"),
  };
}

/** The first column of the first row. */
export async function askOnce(connectionString: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  client.on("error", () => {}); // The statement that it hits rejects.
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: "array" });
    return rows[0]?.[0];
  } finally {
    await client.end().catch(() => {});
  }
}
