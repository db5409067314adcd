// `usher cluster` as a person runs it: it says where everything is, and however it ends, nothing of it
// is left.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { until } from "../support/until.ts";
import { leftBehind, removeFolder, scratchFolder } from "../support/served.ts";

const program = join(import.meta.dir, "../../src/cli/main.ts");
let dataDir: string;
beforeAll(async () => {
  dataDir = await scratchFolder();
});
afterAll(() => removeFolder(dataDir));

async function start() {
  const one = ["--box-offices", "1", "--workers", "1", "--demo-opens-in", "0"];
  const ports = ["port", "shop-port", "payments-port", "mailbox-port"].flatMap((name) => [
    `--${name}`,
    "0",
  ]);
  const child = Bun.spawn(
    [process.execPath, program, "cluster", "--data", dataDir, ...one, ...ports],
    {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    },
  );
  let text = "";
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout) text += decoder.decode(chunk, { stream: true });
  };
  void read();
  await until("it to be ready", () => text.includes("Ctrl-C stops"), 60_000);
  return { child, output: () => text };
}

const pidsIn = (output: string) =>
  [...output.matchAll(/(?:gateway|box-office|worker) \d+ \((\d+)\)/g)].map(([, pid]) =>
    Number(pid),
  );
const lives = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test("it brings up the roles, and a kill -9 of it leaves nothing behind", async () => {
  const { child, output } = await start();
  const desk = /desk\s+(http:\S+)/.exec(output())?.[1] ?? "";
  expect((await fetch(desk)).status).toBe(200);
  const pids = pidsIn(output());
  expect(pids.length).toBe(4);
  child.kill("SIGKILL");
  await child.exited;
  await until("the roles to be gone", () => !pids.some(lives));
  await until("nothing of it to run on", async () => (await leftBehind(dataDir)).length === 0);
}, 90_000);

test("it starts again on the same folder, and a signal ends all of it", async () => {
  const { child, output } = await start();
  expect(output()).toContain("password as shown on the first start");
  const pids = pidsIn(output());
  child.kill("SIGTERM");
  expect(await child.exited).toBe(0);
  expect(output()).toContain("stopped");
  expect(pids.filter(lives)).toEqual([]);
  expect(await leftBehind(dataDir)).toEqual([]);
}, 90_000);
