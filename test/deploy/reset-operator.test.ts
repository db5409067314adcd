// `usher reset-operator` as a person runs it in a pod: the password that it prints opens the desk, the one
// before no longer does, and the address comes from a file as a mounted secret does.

import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRecords } from "../../src/stores/open.ts";
import { migratedPostgres } from "../support/records.ts";

const folder = mkdtempSync(join(tmpdir(), "usher-operator-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function reset(environment: Record<string, string>) {
  const child = Bun.spawn(
    [process.execPath, join(import.meta.dir, "../../src/cli/main.ts"), "reset-operator"],
    { env: { ...process.env, ...environment }, stdout: "pipe", stderr: "pipe" },
  );
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { lines: out.trim().split("\n"), err, code };
}

test("prints a password that opens the desk, and closes it to the one before", async () => {
  const database = await migratedPostgres();
  const file = join(folder, "database");
  writeFileSync(file, `${database}\n`);
  const first = await reset({ USHER_DATABASE_FILE: file });
  const second = await reset({ USHER_DATABASE_FILE: file });
  expect([first.code, second.code]).toEqual([0, 0]);
  const records = await openRecords(database, { poolSize: 2 });
  try {
    const [email = "", password = ""] = second.lines;
    expect((await records.operators.signIn(email, password))?.operator.role).toBe("owner");
    expect(await records.operators.signIn(email, first.lines[1] ?? "")).toBeUndefined();
  } finally {
    await records.close();
  }
});

test("says what is missing, and how to give it", async () => {
  const { code, err } = await reset({ USHER_DATABASE: "" });
  expect(code).toBe(1);
  expect(err).toContain("USHER_DATABASE=postgres://");
});
