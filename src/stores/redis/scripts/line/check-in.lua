-- check-in: marks entries present, and puts back into the line whoever the store has lost.
-- KEYS  meta        hash  {on-sale}
--       line        zset  {on-sale}
--       positions   hash  {on-sale}
--       presence    hash  {on-sale}
--       returned    zset  {on-sale}
--       turns       zset  {on-sale}
--       shoppers    zset  {on-sale}
--       admissions  hash  {on-sale}
-- ARGV  epoch, now, presenceMs, most entries, then per entry: entry, index, position ('' undrawn)
-- REPLY stale-epoch
--       full      more entries than a line may have; nothing was written
--       ok        then per entry: waiting | returned | turn | admitted | ended, and a turn's deadline
-- KEEPS Q2 a place never changes; repeating a check-in only makes presence last as long again

if isStale() then
  return { 'stale-epoch' }
end
local at = now()
if redis.call('ZCARD', line) + (#ARGV - 4) / 3 > tonumber(ARGV[4]) then
  return { 'full' }
end
lapse(at)
local presentUntil = at + tonumber(ARGV[3])
local serving = tonumber(redis.call('HGET', meta, 'serving'))
local reply = { 'ok' }
for nth = 5, #ARGV, 3 do
  local kind, deadline = checkIn(ARGV[nth], tonumber(ARGV[nth + 1]), ARGV[nth + 2], presentUntil, serving)
  reply[#reply + 1] = kind
  reply[#reply + 1] = deadline
end
return reply
