-- begin-line: takes the line out of force and empties it, for a restore that follows in chunks.
-- KEYS  meta        hash  {on-sale}
--       line        zset  {on-sale}
--       identities  hash  {on-sale}
--       networks    hash  {on-sale}
--       asks        hash  {on-sale}
--       positions   hash  {on-sale}
--       presence    hash  {on-sale}
--       returned    zset  {on-sale}
--       turns       zset  {on-sale}
--       shoppers    zset  {on-sale}
--       admissions  hash  {on-sale}
-- ARGV  token of this restore, now (unused), epoch to come, nextIndex, serving, leaderFence
-- REPLY in-force  this epoch or a newer one is in force already; nothing was written
--       begun
-- KEEPS from here until finish-line every call answers stale-epoch; a restore that begins later takes
--       over, and the chunks of the former are refused

local epoch, former, coming = unpack(redis.call('HMGET', meta, 'epoch', 'former', 'coming'))
local newest = math.max(tonumber(epoch or -1), tonumber(former or -1))
if newest >= tonumber(ARGV[3]) or tonumber(coming or -1) > tonumber(ARGV[3]) then
  return { 'in-force' }
end
redis.call('UNLINK', meta, line, identities, networks, asks, positions, presence, returned, turns, shoppers, admissions)
redis.call('HSET', meta, 'building', ARGV[1], 'coming', ARGV[3], 'former', exact(newest), 'history', history(),
  'nextIndex', ARGV[4], 'serving', ARGV[5], 'leaderFence', ARGV[6])
return { 'begun' }
