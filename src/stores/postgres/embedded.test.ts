// The promises of the embedded server, kept against real kill -9s on a real folder with fsync on.
// One folder serves all cases in turn (initdb costs a second); each leaves it stopped and whole.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type Fault, isFault } from "../../foundation/fault.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded.ts";
import { occupantsOf } from "./embedded/occupants.ts";

const home = mkdtempSync(join(tmpdir(), "usher-embedded-"));
const dataDir = join(home, "data");
const cluster = join(dataDir, "cluster");
const running: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];
const lines: string[] = [];

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, log: (line) => lines.push(line) });
  running.push(server);
  return server;
}

async function ask(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2000 });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

async function until<T>(what: string, fact: () => Promise<T | false> | T | false): Promise<T> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const found = await Promise.resolve(fact()).catch(() => false as const);
    if (found !== false) return found;
    if (performance.now() > deadline) throw new Error(`waited in vain for: ${what}`);
    await Bun.sleep(20);
  }
}

/** Another platform: a process that starts the server on the folder and prints its address. */
async function startElsewhere(): Promise<{ child: ChildProcess; connectionString: string }> {
  const module = join(import.meta.dir, "embedded.ts");
  const program = `const { startEmbeddedPostgres } = await import(${JSON.stringify(module)});
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, log() {} });
    console.log(server.connectionString); setInterval(() => {}, 60_000);`;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const connectionString = await new Promise<string>((resolve, reject) => {
    child.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.once("exit", (code) => reject(new Error(`the other platform ended with ${code}`)));
  });
  return { child, connectionString };
}

async function faultOf(starting: Promise<EmbeddedPostgres>): Promise<Fault> {
  try {
    running.push(await starting);
  } catch (error) {
    if (isFault(error)) return error;
    throw error;
  }
  throw new Error("it started, and should not have");
}

const rowCount = async (url: string) => await ask(url, "select count(*)::int as n from kept");

beforeAll(async () => {
  const server = await start();
  await ask(server.connectionString, "create table kept (word text)");
  await ask(server.connectionString, "insert into kept values ('before')");
  await server.stop();
}, 60_000);

afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  for (const server of running) await server.stop();
  await until("an empty folder", () => occupantsOf(cluster).length === 0);
  rmSync(home, { recursive: true, force: true });
}, 60_000);

test("rows survive a clean restart, fsync is on, and only loopback listens", async () => {
  const server = await start();
  expect(await rowCount(server.connectionString)).toEqual([{ n: 1 }]);
  const settings = await ask(
    server.connectionString,
    "select current_setting('fsync') as fsync, current_setting('synchronous_commit') as sync, current_setting('listen_addresses') as listen",
  );
  expect(settings).toEqual([{ fsync: "on", sync: "on", listen: "127.0.0.1" }]);
  const wrong = server.connectionString.replace(/usher:[0-9a-f]+@/, "usher:wrong@");
  await expect(ask(wrong, "select 1")).rejects.toThrow(/password/);
  expect(statSync(join(dataDir, "password")).mode & 0o777).toBe(0o600);
  await server.stop();
  expect(occupantsOf(cluster)).toEqual([]);
});

test("kill -9 of postgres: it comes back on the same port with every committed row", async () => {
  const server = await start();
  const before = server.pid();
  await ask(server.connectionString, "insert into kept values ('then killed')");
  process.kill(before, "SIGKILL");
  const rows = await until("the server's return", async () => {
    const found = await rowCount(server.connectionString);
    return server.pid() !== before ? found : false;
  });
  expect(rows).toEqual([{ n: 2 }]);
  await server.stop();
}, 30_000);

test("kill -9 of the platform: postgres stops by itself, and the rows are there", async () => {
  const { child, connectionString } = await startElsewhere();
  await ask(connectionString, "insert into kept values ('platform killed')");
  child.kill("SIGKILL");
  await until("postgres to follow its platform", () => occupantsOf(cluster).length === 0);
  const server = await start();
  expect(await rowCount(server.connectionString)).toEqual([{ n: 3 }]);
  await server.stop();
}, 30_000);

test.if(process.platform === "linux")(
  "an orphan that still serves the folder is stopped, never joined by a second server",
  async () => {
    const { child, connectionString } = await startElsewhere();
    await ask(connectionString, "insert into kept values ('orphaned')");
    const orphan = Number(readFileSync(join(cluster, "postmaster.pid"), "utf8").split("\n")[0]);
    for (const shell of watchdogOf(orphan)) process.kill(shell, "SIGKILL");
    child.kill("SIGKILL");
    await until("the platform's end", () => child.signalCode !== null);
    expect(occupantsOf(cluster)).toContain(orphan);

    const server = await start();
    expect(server.pid()).not.toBe(orphan);
    expect(occupantsOf(cluster)).not.toContain(orphan);
    expect(await rowCount(server.connectionString)).toEqual([{ n: 4 }]);
    await server.stop();
  },
  30_000,
);

test("a second start is refused with the owner's pid", async () => {
  const { child } = await startElsewhere();
  const fault = await faultOf(start());
  expect(fault.code).toBe("postgres-in-use");
  expect(fault.message).toContain(`process ${child.pid}`);
  expect(fault.detail["pid"]).toBe(child.pid);
  child.kill("SIGKILL");
  await until("postgres to follow its platform", () => occupantsOf(cluster).length === 0);

  const server = await start();
  expect((await faultOf(start())).code).toBe("postgres-in-use");
  expect(await rowCount(server.connectionString)).toEqual([{ n: 4 }]);
  await server.stop();
}, 30_000);

test("a stale postmaster.pid whose pid is somebody else's by now does not stop the start", async () => {
  writeFileSync(join(cluster, "postmaster.pid"), `${process.pid}\n/elsewhere\n1\n5432\n`);
  const server = await start();
  expect(await rowCount(server.connectionString)).toEqual([{ n: 4 }]);
  await server.stop();
});

test("a lost password file is replaced; an interrupted first start leaves no trace", async () => {
  rmSync(join(dataDir, "password"));
  mkdirSync(join(dataDir, "being-made"));
  writeFileSync(join(dataDir, "being-made", "half"), "");
  const server = await start();
  expect(await rowCount(server.connectionString)).toEqual([{ n: 4 }]);
  await server.stop();

  const other = join(home, "other");
  mkdirSync(join(other, "being-made", "cluster"), { recursive: true });
  const fresh = await startEmbeddedPostgres({ dataDir: other, log() {} });
  running.push(fresh);
  expect(existsSync(join(other, "being-made"))).toBe(false);
  await fresh.stop();
}, 30_000);

const damages: { name: string; file: string; bytes: (old: Buffer) => Buffer | undefined }[] = [
  { name: "no PG_VERSION", file: "PG_VERSION", bytes: () => undefined },
  { name: "another major version", file: "PG_VERSION", bytes: () => Buffer.from("17\n") },
  { name: "no control file", file: "global/pg_control", bytes: () => undefined },
  { name: "a short control file", file: "global/pg_control", bytes: (old) => old.subarray(0, 99) },
  {
    name: "a garbled control file",
    file: "global/pg_control",
    bytes: (old) => Buffer.from(old).fill(7, 0, 64),
  },
];

for (const { name, file, bytes } of damages) {
  test(`damage is named and nothing is deleted: ${name}`, async () => {
    const path = join(cluster, file);
    const old = readFileSync(path);
    renameSync(path, join(home, "kept-aside"));
    const garbled = bytes(old);
    if (garbled !== undefined) {
      writeFileSync(path, garbled, { mode: 0o644 });
    }
    const before = readdirSync(cluster);
    const fault = await faultOf(start());
    expect(fault.code).toBe("postgres-data-damaged");
    expect(fault.message).toContain(dataDir);
    expect(fault.message).toContain("mend:");
    expect(readdirSync(cluster)).toEqual(expect.arrayContaining(before));

    renameSync(join(home, "kept-aside"), path);
    const server = await start();
    expect(await rowCount(server.connectionString)).toEqual([{ n: 4 }]);
    await server.stop();
  }, 30_000);
}

/** The shells above and beside the server: its parent, and that one's other children. */
function watchdogOf(server: number): number[] {
  const parentOf = (pid: number) => {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1]);
  };
  const shell = parentOf(server);
  const watchers = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return pid !== server && parentOf(pid) === shell;
      } catch {
        return false;
      }
    });
  return [...watchers, shell];
}
