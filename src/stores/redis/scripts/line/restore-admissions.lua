-- restore-admissions: one chunk of everyone ever admitted.
-- KEYS  meta        hash  {on-sale}
--       line        zset  {on-sale}
--       identities  hash  {on-sale}
--       shoppers    zset  {on-sale}
--       admissions  hash  {on-sale}
-- ARGV  token of this restore, now (unused), then per admission: entry, index, admission id,
--       deadline ('' ended), identity ('' for none; with *places, where it has more than one), which of
--       its places
-- REPLY superseded  another restore has begun, or the store lost something; nothing was
--                   written
--       restored
-- KEEPS writes only under its own building marker; a repeated chunk writes the same again

local building, since = unpack(redis.call('HMGET', meta, 'building', 'history'))
if building ~= ARGV[1] or since ~= history() then
  return { 'superseded' }
end
local nextIndex = tonumber(redis.call('HGET', meta, 'nextIndex'))
for at = 3, #ARGV, 6 do
  local entry, index, admission, deadline = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local identity, use = ARGV[at + 4], tonumber(ARGV[at + 5])
  redis.call('ZADD', line, index, entry)
  redis.call('HSET', admissions, entry, admission)
  if deadline ~= '' then
    redis.call('ZADD', shoppers, deadline, entry)
  end
  if string.find(identity, '*', 1, true) then
    local given = tonumber(redis.call('HGET', identities, identity) or 0)
    redis.call('HSET', identities, identity, math.max(given, use))
  elseif identity ~= '' then
    redis.call('HSET', identities, identity, entry)
  end
  nextIndex = math.max(nextIndex, index + 1)
end
redis.call('HSET', meta, 'nextIndex', nextIndex)
return { 'restored' }
