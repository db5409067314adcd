import { expect, test } from "bun:test";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import pg from "pg";
import { testPostgres } from "./postgres.ts";
import { until } from "./until.ts";

async function rows(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test("every call gets a database of its own, on one server", async () => {
  const [one, two] = await Promise.all([testPostgres(), testPostgres()]);
  await rows(one.connectionString, "create table seat (number int)");
  expect(await rows(two.connectionString, "select to_regclass('seat') as seat")).toEqual([
    { seat: null },
  ]);
  expect(new URL(one.connectionString).port).toBe(new URL(two.connectionString).port);
});

test("a template is filled once and copied", async () => {
  let filled = 0;
  const template = {
    name: "with-a-row",
    async fill(url: string) {
      filled++;
      await rows(url, "create table seat as select 7 as number");
    },
  };
  const databases = await Promise.all([testPostgres(template), testPostgres(template)]);
  for (const { connectionString } of databases) {
    expect(await rows(connectionString, "select number from seat")).toEqual([{ number: 7 }]);
  }
  expect(filled).toBe(1);
});

/** Shared memory that a process has mapped: files in /dev/shm, and System V segments by their ids. */
function sharedMemoryOf(pid: number): { files: string[]; segments: string[] } {
  const maps = readFileSync(`/proc/${pid}/maps`, "utf8").split("\n");
  const files = maps.flatMap((line) => /\/dev\/shm\/PostgreSQL\.\d+/.exec(line)?.[0] ?? []);
  const segments = maps.flatMap((line) => /(\d+)\s+\/SYSV/.exec(line)?.[1] ?? []);
  return { files: [...new Set(files)], segments };
}
const segmentsNow = () =>
  readFileSync("/proc/sysvipc/shm", "utf8")
    .split("\n")
    .flatMap((line) => /^\s*\S+\s+(\d+)/.exec(line)?.[1] ?? []);

test.skipIf(!existsSync("/proc/sysvipc/shm"))(
  "a test run that is killed leaves no server, no folder and no shared memory",
  async () => {
    const run = `
      const { testPostgres } = await import(${JSON.stringify(join(import.meta.dir, "postgres.ts"))});
      console.log((await testPostgres()).connectionString);
      await new Promise(() => {});`;
    const child = Bun.spawn([process.execPath, "-e", run], { stdout: "pipe", stderr: "inherit" });
    try {
      const { value } = await child.stdout.getReader().read();
      const connectionString = new TextDecoder().decode(value).trim();
      expect(connectionString).toStartWith("postgres");
      const [server] = (await rows(
        connectionString,
        "select split_part(pg_read_file('postmaster.pid'), chr(10), 1)::int as pid",
      )) as { pid: number }[];
      const pid = server?.pid ?? -1;
      const folder = dirname(readlinkSync(`/proc/${pid}/cwd`));
      const memory = sharedMemoryOf(pid);
      expect(memory.files.length).toBeGreaterThan(0);
      expect(memory.segments.length).toBeGreaterThan(0);

      child.kill("SIGKILL");
      await until("the server's end", () => !existsSync(`/proc/${pid}`));
      await until("no shared memory of it", () => !memory.files.some((file) => existsSync(file)));
      const isLeft = (id: string) => memory.segments.includes(id);
      await until("no segment of it", () => !segmentsNow().some(isLeft));
      await until("no folder of it", () => !existsSync(folder));
    } finally {
      child.kill("SIGKILL");
    }
  },
  120_000,
);
