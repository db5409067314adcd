-- claim-turn: turns an open turn into an admission, once per entry. Without a turn the entry is
-- checked in, and next at the coming tick.
-- KEYS  meta        hash  {on-sale}
--       line        zset  {on-sale}
--       positions   hash  {on-sale}
--       presence    hash  {on-sale}
--       returned    zset  {on-sale}
--       turns       zset  {on-sale}
--       shoppers    zset  {on-sale}
--       admissions  hash  {on-sale}
--       asks        hash  {on-sale}
-- ARGV  epoch, now, entry, index, position, admission id, deadline, presenceMs, asks of
--       an entry in a span ('' for uncounted), span in ms
-- REPLY stale-epoch
--       claimed   admission id, deadline
--       already   admission id, deadline of the first claim
--       no-turn
--       ended
--       asked-too-often  ms until the next span
-- KEEPS Q6 one admission per entry: the first claim's stays, and every repeat answers it

if isStale() then
  return { 'stale-epoch' }
end
local at = now()
lapse(at)
local waitMs = askedTooOften(ARGV[3], tonumber(ARGV[9]), tonumber(ARGV[10]))
if waitMs then
  return { 'asked-too-often', exact(waitMs) }
end
local entry, admission, deadline = ARGV[3], ARGV[6], ARGV[7]
local state, known = stateOf(entry)
if state == 'ended' then
  return { 'ended' }
elseif state == 'shopper' then
  return { 'already', redis.call('HGET', admissions, entry), known }
elseif state == 'turn' then
  redis.call('HSET', admissions, entry, admission)
  redis.call('ZREM', turns, entry)
  redis.call('ZADD', shoppers, deadline, entry)
  redis.call('HDEL', positions, entry)
  return { 'claimed', admission, deadline }
end
local serving = tonumber(redis.call('HGET', meta, 'serving'))
checkIn(entry, tonumber(ARGV[4]), ARGV[5], at + tonumber(ARGV[8]), serving)
return { 'no-turn' }
