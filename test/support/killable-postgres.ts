// A PostgreSQL of a test's own that may be killed: what it has answered survives `kill -9` of all its
// processes at once. (Not a power cut: without fsync, as the machine stays up.) Its keeper starts it
// again on the same port. Goes when the process ends, however it ends.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startEmbeddedPostgres } from "../../src/stores/postgres/embedded.ts";
import { layoutOf } from "../../src/stores/postgres/embedded/layout.ts";
import { occupantsOf } from "../../src/stores/postgres/embedded/occupants.ts";
import { clearAwayAfterUs, fastAndForgetful } from "./postgres.ts";
import { until } from "./until.ts";

export type KillablePostgres = {
  /** An empty database. */
  database(): Promise<string>;
  /** Resolves when it is gone; `back` when it answers again. */
  kill(): Promise<{ back: Promise<void> }>;
  stop(): Promise<void>;
};

export async function killablePostgres(): Promise<KillablePostgres> {
  const dataDir = mkdtempSync(join(tmpdir(), "usher-test-killable-"));
  const settings = { ...fastAndForgetful, synchronous_commit: "on", log_min_messages: "fatal" };
  const server = await startEmbeddedPostgres({ dataDir, log: () => {}, settings });
  clearAwayAfterUs(dataDir);
  const { cluster } = layoutOf(dataDir);
  let count = 0;
  const answers = () =>
    ask(server.connectionString, "select 1").then(
      () => true,
      () => false,
    );
  return {
    async database() {
      const name = `killable_${++count}`;
      await ask(server.connectionString, `create database ${name}`);
      const url = new URL(server.connectionString);
      url.pathname = `/${name}`;
      return url.toString();
    },
    async kill() {
      // Server and connections in one go: none of them may still finish what it was at.
      const processes = occupantsOf(cluster);
      for (const pid of processes) process.kill(pid, "SIGSTOP");
      for (const pid of processes) process.kill(pid, "SIGKILL");
      await until("a dead PostgreSQL", async () => !(await answers()));
      return { back: until("PostgreSQL to be back", answers) };
    },
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function ask(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  client.on("error", () => {}); // It may die at any time here.
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end().catch(() => {});
  }
}
