import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { until } from "./until.ts";

test("a scratch folder goes with the run that made it, though it was killed", async () => {
  const run = `
    const { scratchFolder } = await import(${JSON.stringify(join(import.meta.dir, "scratch.ts"))});
    const folder = scratchFolder();
    await Bun.write(folder + "/in/it", "something");
    console.log(folder);
    await new Promise(() => {});`;
  const child = Bun.spawn([process.execPath, "-e", run], { stdout: "pipe", stderr: "inherit" });
  const { value } = await child.stdout.getReader().read();
  const folder = new TextDecoder().decode(value).trim();
  expect(existsSync(join(folder, "in/it"))).toBeTrue();
  child.kill("SIGKILL");
  await until("the folder to be gone", () => !existsSync(folder));
});
