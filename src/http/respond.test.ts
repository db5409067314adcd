import { expect, test } from "bun:test";
import { Fault } from "../foundation/fault.ts";
import { silentLog } from "../foundation/log.ts";
import { pathTo } from "../wire/routes.ts";
import { fromError, refuse } from "./respond.ts";

test("a fault while a ticket is read does not write its code into the log", () => {
  const code = "k".repeat(163);
  const lines: unknown[] = [];
  const log = { ...silentLog, error: (...said: unknown[]) => void lines.push(said) };
  for (const error of [new Fault("database-away", "away"), new Error("a bug")]) {
    const request = new Request(`http://shop.test${pathTo("ticket", { code })}?code=${code}`);
    expect(fromError(request, error, log as typeof silentLog).status).toBeGreaterThanOrEqual(500);
  }
  expect(lines).toHaveLength(2);
  expect(JSON.stringify(lines)).not.toContain("kkkk");
});

test("a time to come back is whole, and never too soon", async () => {
  const request = new Request("http://shop.test/");
  const answer = refuse(request, "asked-too-often", { retryAfterMs: 1_241.68 });
  expect(await answer.json()).toMatchObject({ retryAfterMs: 1_242 });
  expect(answer.headers.get("retry-after")).toBe("2");
});
