// The launcher against a project as npm leaves it when it blocked install scripts: .bin/bun is a
// placeholder that fails, the real binary lies in @oven. Real folders, the real Bun, real signals.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const project = mkdtempSync(join(tmpdir(), "usher-launch-"));
const cpu = process.arch === "arm64" ? "aarch64" : process.arch;
const oven = join(project, "node_modules", "@oven", `bun-${process.platform}-${cpu}`, "bin");

function launch(...args: string[]) {
  return spawnSync("node", [join(project, "scripts", "usher.mjs"), ...args], { encoding: "utf8" });
}

beforeAll(() => {
  for (const folder of ["scripts", "src/cli", "node_modules/.bin"]) {
    mkdirSync(join(project, folder), { recursive: true });
  }
  for (const name of ["usher.mjs", "with-bun.mjs", "find-bun.mjs"]) {
    cpSync(join(import.meta.dir, name), join(project, "scripts", name));
  }
  const placeholder = join(project, "node_modules", ".bin", "bun");
  writeFileSync(placeholder, "#!/bin/sh\necho 'postinstall was not run' >&2\nexit 1\n");
  chmodSync(placeholder, 0o755);
  writeFileSync(
    join(project, "src", "cli", "main.ts"),
    `const [word, code] = process.argv.slice(2);
     if (word === "exit") process.exit(Number(code));
     process.on("SIGTERM", () => { console.log("told to stop"); process.exit(7); });
     console.log("up in " + process.cwd());
     setInterval(() => {}, 60_000);`,
  );
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

test("without a Bun that runs, it says what, where and how to mend", () => {
  const { status, stderr } = launch("exit", "0");
  expect(status).toBe(1);
  expect(stderr).toContain("Bun runtime was not found");
  expect(stderr).toContain(join(project, "node_modules"));
  expect(stderr).toContain("mend:");
  expect(stderr).toContain("npm ci");
});

test("finds the binary behind blocked install scripts and passes on the exit code", () => {
  mkdirSync(oven, { recursive: true });
  symlinkSync(process.execPath, join(oven, "bun"));
  expect(launch("exit", "5").status).toBe(5);
});

test("keeps the caller's folder and forwards SIGTERM", async () => {
  const child = spawn("node", [join(project, "scripts", "usher.mjs"), "stay"], {
    cwd: dirname(import.meta.dir),
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  await new Promise<void>((resolve) =>
    child.stdout.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.includes("up in")) resolve();
    }),
  );
  child.kill("SIGTERM");
  expect(await ended).toBe(7);
  expect(printed).toContain(`up in ${dirname(import.meta.dir)}`);
  expect(printed).toContain("told to stop");
}, 20_000);
