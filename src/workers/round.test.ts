import { expect, test } from "bun:test";
import type { Log } from "../foundation/log.ts";
import { silentLog } from "../foundation/log.ts";
import { forEach } from "./round.ts";

test("one that fails is logged, and the others are still visited", async () => {
  const said: object[] = [];
  const log: Log = { ...silentLog, error: (facts) => void said.push(facts) };
  const visited: string[] = [];
  const stopped = new AbortController().signal;
  const found = await forEach(["a", "b", "c"], { name: "sweeper", log, stopped }, async (item) => {
    visited.push(item);
    if (item === "a") throw new Error("its shard is away");
    return 2;
  });
  expect(found).toBe(4);
  expect(visited).toEqual(["a", "b", "c"]);
  expect(said).toEqual([{ duty: "sweeper", item: "a", cause: "Error: its shard is away" }]);
});

test("who is told to stop goes no further", async () => {
  const stopping = new AbortController();
  const options = { name: "mender", log: silentLog, stopped: stopping.signal };
  const found = await forEach([1, 2, 3], options, async (item) => {
    if (item === 2) stopping.abort();
    return 1;
  });
  expect(found).toBe(2);
});
