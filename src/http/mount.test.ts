import { expect, test } from "bun:test";
import { type Call, timed } from "./mount.ts";

test("only the named routes are noted, refused ones as well", async () => {
  let notes = 0;
  const latency = { note: () => void notes++, p99Ms: () => undefined };
  const fails = () => Promise.reject(new Error("no"));
  const mounted = timed(
    { holds: { POST: fails }, order: { GET: () => new Response() } },
    ["holds"],
    latency,
  );
  await expect(mounted.holds?.POST?.({} as Call) as Promise<Response>).rejects.toThrow("no");
  await mounted.order?.GET?.({} as Call);
  expect(notes).toBe(1);
});
