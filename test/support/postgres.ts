// A real PostgreSQL for tests: one embedded server per test process, started by the first test that
// asks, and a fresh database for every call. Durability is switched off here (scratch data); tests
// about durability start their own server with startEmbeddedPostgres.
//
//   const database = await testPostgres();                        // empty
//   const database = await testPostgres({ name: "migrated", fill: (url) => migrate(url) });
//
// With a `fill`, the first call per name fills a template database and each call copies it, so that
// migrations run once. The server and its folder go when the process ends, however it ends.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from "../../src/stores/postgres/embedded.ts";

export type TestDatabase = { connectionString: string; name: string };
/** `name` names the template: the same name is filled once per test process. */
export type Template = { name: string; fill(connectionString: string): Promise<void> };

type Shared = {
  server: Promise<EmbeddedPostgres>;
  templates: Map<string, Promise<string>>;
  count: number;
};

// On globalThis, because each test file may get its own copy of this module.
const key = Symbol.for("usher.test.postgres");
const home = globalThis as unknown as Record<symbol, Shared | undefined>;

export const fastAndForgetful = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  shared_buffers: "64MB",
  max_connections: "200",
};

export async function testPostgres(template?: Template): Promise<TestDatabase> {
  home[key] ??= { server: startShared(), templates: new Map(), count: 0 };
  const shared = home[key];
  const { connectionString } = await shared.server;
  const source = template === undefined ? "template1" : await templateOf(shared, template);
  const name = `test_${++shared.count}`;
  await run(connectionString, `create database ${name} template ${source}`);
  return { connectionString: withDatabase(connectionString, name), name };
}

async function templateOf(shared: Shared, { name, fill }: Template): Promise<string> {
  let made = shared.templates.get(name);
  if (made === undefined) {
    made = (async () => {
      const { connectionString } = await shared.server;
      const database = `template_${shared.templates.size}`;
      await run(connectionString, `create database ${database}`);
      await fill(withDatabase(connectionString, database));
      return database;
    })();
    shared.templates.set(name, made);
  }
  return await made;
}

async function startShared(): Promise<EmbeddedPostgres> {
  const dataDir = mkdtempSync(join(tmpdir(), "usher-test-postgres-"));
  const lines: string[] = [];
  try {
    const server = await startEmbeddedPostgres({
      dataDir,
      log: (line) => lines.push(line),
      settings: fastAndForgetful,
    });
    clearAwayAfterUs(dataDir);
    return server;
  } catch (error) {
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  }
}

// `bun test` fires no exit event, and a killed run could not anyway: so a shell waits for our end of
// its pipe to close, then ends the server and the folder. At once, for the data is scratch, but not by
// kill -9 unless it must be: that would leave the server's shared memory in the machine for good.
const janitor = `
while read -r line; do :; done
server="$(head -n 1 "$1/cluster/postmaster.pid")"
kill -QUIT "$server"
kill -CONT "$server"
tries=0
while kill -0 "$server" && [ "$tries" -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
kill -KILL "$server"
tries=0
until rm -rf "$1" || [ "$tries" -ge 50 ]; do sleep 0.1; tries=$((tries + 1)); done
`;

/** For every scratch server of a test: @param dataDir of an embedded server, replica or not. */
export function clearAwayAfterUs(dataDir: string): void {
  spawn("/bin/sh", ["-c", janitor, "usher-test-janitor", dataDir], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  }).unref();
}

function withDatabase(connectionString: string, name: string): string {
  const url = new URL(connectionString);
  url.pathname = `/${name}`;
  return url.toString();
}

async function run(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
