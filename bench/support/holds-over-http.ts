// Holds as browsers ask for them: a real `usher box-office` in a process of its own, fans whose shop
// session runs, each request with a key of its own, all for seats that somebody has. wrk sends them as
// fast as they are answered, on one thread; every answer has to be the refusal.

import { sessionCookie } from "../../src/box-office/guard.ts";
import { assert } from "../../src/foundation/assert.ts";
import { newId } from "../../src/foundation/ids.ts";
import { signSessionToken } from "../../src/http/session-token.ts";
import { pathTo } from "../../src/wire/routes.ts";
import type { Installation } from "./installation.ts";
import { requestsPerSec, runWrk } from "./wrk.ts";

const fans = 1_000;
const takenSeats = [5, 6, 7];
const shopMs = 3_600_000;

export type HoldsOverHttp = {
  /** Refused holds a second. */
  perSec(keep: (text: string) => void): Promise<number>;
};

export async function openHoldsOverHttp(installation: Installation): Promise<HoldsOverHttp> {
  const { postgres } = installation;
  const { onSaleId } = await installation.createOnSale(0, { seatsPerFan: 4 });
  const { admissionEpoch } = await postgres.lineRecords.open(onSaleId, 0);
  const keys = await postgres.keys.sealing("shop-session");
  const deadline = Date.now() + shopMs;
  const admit = async (nth: number) => {
    const entryId = newId("entry");
    const admissionId = `bench-${nth}`;
    const place = { onSaleId, entryId, index: nth, position: nth, claimedAt: Date.now(), deadline };
    await postgres.lineRecords.admit({ admissionId, ...place });
    const claims = { onSale: onSaleId, entry: entryId, admissionId, epoch: admissionEpoch };
    const token = signSessionToken(keys, { ...claims, expiresAt: deadline });
    return `${sessionCookie(onSaleId, false)}=${token}`;
  };
  const cookies = await Promise.all(Array.from({ length: fans }, (_, nth) => admit(nth)));
  // Their places come into the hot store with its rebuild, at the first request.
  const boxOffice = await installation.start("box-office");
  const url = boxOffice.url + pathTo("holds", { onSaleId });
  const ask = (cookie: string) =>
    fetch(url, {
      method: "POST",
      headers: {
        cookie,
        "content-type": "application/json",
        "idempotency-key": crypto.randomUUID(),
      },
      body: JSON.stringify({ seats: takenSeats }),
    });
  const [first = "", second = ""] = cookies;
  const taken = await ask(first);
  assert(taken.status === 201, `the seats could not be taken: ${await taken.text()}`);
  const refused = await ask(second);
  const { code } = (await refused.json()) as { code?: string };
  assert(code === "seats-taken", `a fan was answered ${refused.status} ${code}`);
  return { perSec: (keep) => load(url, cookies.slice(1), keep) };
}

async function load(
  url: string,
  cookies: readonly string[],
  keep: (text: string) => void,
): Promise<number> {
  const text = await runWrk(url, scriptOf(cookies), { keep });
  const all = Number(/(\d+) requests in/.exec(text)?.[1]);
  const refused = Number(/statuses 409: (\d+)/.exec(text)?.[1]);
  assert(all > 0 && all === refused, `not all were refused as taken: ${text}`);
  return requestsPerSec(text);
}

/** All but the key is made before the load begins. */
function scriptOf(cookies: readonly string[]): string {
  const body = JSON.stringify({ seats: takenSeats });
  return `local heads, tail, n = {}, "\\r\\n\\r\\n" .. [[${body}]], 0
local run = ${Date.now()}
init = function()
  for cookie in ([[${cookies.join("\n")}]]):gmatch("[^\\n]+") do
    heads[#heads + 1] = "POST " .. wrk.path .. " HTTP/1.1\\r\\nHost: " .. wrk.host .. ":" .. wrk.port
      .. "\\r\\nContent-Type: application/json\\r\\nContent-Length: ${body.length}\\r\\nCookie: " .. cookie
      .. "\\r\\nIdempotency-Key: "
  end
end
request = function()
  n = n + 1
  return heads[n % #heads + 1] .. run .. "-" .. n .. tail
end
refused = 0
response = function(status) if status == 409 then refused = refused + 1 end end
local threads = {}
setup = function(thread) threads[#threads + 1] = thread end
done = function()
  local sum = 0
  for _, thread in ipairs(threads) do sum = sum + thread:get("refused") end
  io.write("statuses 409: " .. sum .. "\\n")
end
`;
}
