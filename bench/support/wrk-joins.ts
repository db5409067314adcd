// Joins by wrk (one thread): each request a new entry, and for each challenge that was answered one that
// comes back with it. wrk does not say which connection an answer belongs to, so the entry's id is read
// out of the challenge, where it stands from byte 26 on (join-challenge.ts).

import { assert } from "../../src/foundation/assert.ts";
import { assertAllAnswered, requestsPerSec, runWrk } from "./wrk.ts";

/**
 * A join waits for its batch, a millisecond and a reply of Redis: of 64 connections so many wait at once
 * that the gateway has a seventh of its core to spare, and at an opening nobody waits for so few.
 */
const connections = 256;

let run = 0;

export async function joinsByWrk(
  url: string,
  keep: (text: string) => void,
): Promise<{ joins: number; requests: number }> {
  const text = await runWrk(url, scriptOf(`${process.pid}x${run++}x`), { keep, connections });
  assertAllAnswered(text);
  const [, joined, seconds] = /joined (\d+) in ([\d.]+) s/.exec(text) ?? [];
  const joins = Number(joined) / Number(seconds);
  assert(joins > 0, `wrk counted no joins: ${text}`);
  return { joins, requests: requestsPerSec(text) };
}

/** Ids of 22 letters and digits: the run, then a number. */
const scriptOf = (name: string) => `
local base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
local value = {}
for at = 1, 64 do value[base64:byte(at)] = at - 1 end
local byte, char, format = string.byte, string.char, string.format
local pending, last, made = {}, 0, 0
joined = 0

local function entryIn(challenge)
  local bytes = {}
  for at = 33, 61, 4 do
    local a, b, c, d = byte(challenge, at, at + 3)
    local whole = ((value[a] * 64 + value[b]) * 64 + value[c]) * 64 + value[d]
    bytes[#bytes + 1] = char(math.floor(whole / 65536), math.floor(whole / 256) % 256, whole % 256)
  end
  return table.concat(bytes):sub(3, 24)
end

request = function()
  local body
  if last > 0 then
    local challenge = pending[last]
    last = last - 1
    body = '{"entryId":"qe_' .. entryIn(challenge) .. '","challenge":"' .. challenge .. '"}'
  else
    made = made + 1
    local id = "${name}" .. made
    body = '{"entryId":"qe_' .. id .. ("0"):rep(22 - #id) .. '"}'
  end
  return wrk.format("POST", wrk.path, nil, body)
end

response = function(status, headers, body)
  local challenge = body:match('"challenge":"([^"]+)"')
  if challenge then
    last = last + 1
    pending[last] = challenge
  elseif body:find('"queueToken"', 1, true) then
    joined = joined + 1
  end
end

local threads = {}
setup = function(thread) threads[#threads + 1] = thread end
done = function(summary)
  io.write(format("joined %d in %.3f s\\n", threads[1]:get("joined"), summary.duration / 1e6))
end
`;
