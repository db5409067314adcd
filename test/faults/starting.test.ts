// Starts that cannot work say what is wrong, where, and how to mend it, with exit code 1 and nothing
// left running; a start that works ends cleanly at Ctrl-C; and an ordinary user may start it.

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import { chmod, chown, mkdir, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { leftBehind, removeFolder, scratchFolder, serve, serveInVain } from "../support/served.ts";

let dataDir: string;
/** Was started and stopped once: to be copied where a test is not about the first start of a folder. */
let startedBefore: string;
beforeAll(async () => {
  startedBefore = await scratchFolder();
  await (await serve(startedBefore)).stop();
}, 60_000);
afterAll(() => removeFolder(startedBefore));
beforeEach(async () => {
  dataDir = await scratchFolder();
});
/** With the owners of the files, which the database insists on. */
const startedOnce = () => Bun.spawn(["cp", "-a", `${startedBefore}/.`, dataDir]).exited;
afterEach(async () => {
  expect(await leftBehind(dataDir)).toEqual([]);
  await removeFolder(dataDir);
});

const withPort = (port: number) => [
  "--port",
  String(port),
  "--payments-port",
  "0",
  "--mailbox-port",
  "0",
];

test("a taken port", async () => {
  const taken = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response("mine") });
  try {
    const port = taken.port ?? 0;
    await startedOnce();
    const { code, output } = await serveInVain(dataDir, withPort(port));
    expect(code).toBe(1);
    expect(output).toContain(`127.0.0.1:${port}: the port is taken`);
    expect(output).toContain("choose another port with --port");
    expect(output).toContain("[port-taken]");
    expect(output).not.toContain("bug in Usher");
    const payments = await serveInVain(dataDir, [
      ...["--port", "0", "--mailbox-port", "0"],
      ...["--payments-port", String(port)],
    ]);
    expect(payments.code).toBe(1);
    expect(payments.output).toContain(String(port));
    expect(payments.output).toContain("--payments-port");
    expect(payments.output).not.toContain("bug in Usher");
  } finally {
    await taken.stop(true);
  }
}, 60_000);

test("Ctrl-C ends it all, at once and with 0; the same folder starts again", async () => {
  await startedOnce();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    const usher = await serve(dataDir);
    expect((await fetch(usher.origin)).status).toBe(200);
    const askedAt = performance.now();
    expect(await usher.stop(signal)).toBe(0);
    expect(performance.now() - askedAt).toBeLessThan(5_000);
    expect(usher.output()).toContain("stopped");
    expect(await leftBehind(dataDir)).toEqual([]);
  }
}, 90_000);

test("Ctrl-C while it is still starting", async () => {
  for (const step of ["database", "pages"]) {
    const running = Bun.spawn(
      [
        process.execPath,
        join(import.meta.dir, "../../src/cli/main.ts"),
        "serve",
        "--data",
        dataDir,
      ].concat(["--port", "0", "--payments-port", "0", "--mailbox-port", "0"]),
      { stdin: "ignore", stdout: "pipe", stderr: "pipe" },
    );
    let text = "";
    for await (const chunk of running.stdout) {
      const before = text.includes(`… ${step}`);
      text += new TextDecoder().decode(chunk);
      if (!before && text.includes(`… ${step}`)) running.kill("SIGINT");
    }
    expect(await running.exited).toBe(0);
    expect(await leftBehind(dataDir)).toEqual([]);
  }
}, 90_000);

test("a second one on the same folder is told who has it", async () => {
  await startedOnce();
  const usher = await serve(dataDir);
  const { code, output } = await serveInVain(dataDir);
  expect(code).toBe(1);
  expect(output).toContain(`process ${usher.pid}`);
  expect(output).toContain("mend:");
  expect((await fetch(usher.origin)).status).toBe(200);
  expect(await usher.stop()).toBe(0);
}, 60_000);

test("a damaged database is reported, and not touched", async () => {
  await startedOnce();
  const control = join(dataDir, "postgres/cluster/global/pg_control");
  await truncate(control, 100);
  const before = (await readdir(join(dataDir, "postgres/cluster"))).sort();
  const { code, output } = await serveInVain(dataDir);
  expect(code).toBe(1);
  expect(output).toContain(join(dataDir, "postgres"));
  expect(output).toMatch(/mend:/);
  expect(output).not.toContain("bug in Usher");
  const after = (await readdir(join(dataDir, "postgres/cluster"))).sort();
  expect(after).toEqual(before);
}, 60_000);

test("a provider's ledger that is not one is reported", async () => {
  const ledger = join(dataDir, "sandbox-provider");
  await mkdir(ledger, { recursive: true });
  await writeFile(join(ledger, "keys.json"), "{ nonsense");
  const { code, output } = await serveInVain(dataDir);
  expect(code).toBe(1);
  expect(output).toContain("keys.json");
  expect(output).not.toContain("bug in Usher");
}, 60_000);

test("a data folder that is a file", async () => {
  const file = join(dataDir, "file");
  await writeFile(file, "not a folder");
  const { code, output } = await serveInVain(file);
  expect(code).toBe(1);
  expect(output).toContain(file);
  expect(output).not.toContain("bug in Usher");
}, 60_000);

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

/** Runs the real command as the account `nobody`, from a place that it can read. */
test.if(isRoot)(
  "an ordinary user starts it, and one who may not write is told",
  async () => {
    const ours = join(dataDir, "home");
    await mkdir(ours);
    await chmod(dataDir, 0o755);
    await chown(ours, nobody, nobody);
    const start = (folder: string) =>
      Bun.spawn(
        ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"].concat(
          [process.execPath, join(import.meta.dir, "../../src/cli/main.ts"), "serve"],
          ["--data", folder, "--port", "0", "--payments-port", "0", "--mailbox-port", "0"],
        ),
        { stdin: "ignore", stdout: "pipe", stderr: "pipe", env: { ...process.env, HOME: ours } },
      );
    const forbidden = join(dataDir, "not-mine");
    await mkdir(forbidden, { mode: 0o755 });
    const refused = start(join(forbidden, "var"));
    const said =
      (await new Response(refused.stdout).text()) + (await new Response(refused.stderr).text());
    expect([await refused.exited, said]).toEqual([1, expect.stringContaining("not-mine")]);
    expect(said).not.toContain("bug in Usher");

    const usher = start(join(ours, "var"));
    let text = "";
    for await (const chunk of usher.stdout) {
      const isReady = text.includes("Ctrl-C");
      text += new TextDecoder().decode(chunk);
      if (!isReady && text.includes("Ctrl-C")) usher.kill("SIGINT");
    }
    expect(text).toContain("stopped");
    expect(await usher.exited).toBe(0);
    await rm(ours, { recursive: true, force: true });
  },
  60_000,
);
