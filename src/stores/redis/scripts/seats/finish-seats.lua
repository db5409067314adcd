-- finish-seats: puts restored seats in force, and makes every reader fetch a new map.
-- KEYS  meta     hash     {performance}
--       notices  channel  {performance}
-- ARGV  token of this restore, now (unused), epoch
-- REPLY superseded  another restore has begun, or the store lost something; nothing was
--                   written
--       in-force
-- KEEPS the epoch is set last, after everything that it stands for; a repeat changes nothing

local building, epoch, version, since =
  unpack(redis.call('HMGET', meta, 'building', 'epoch', 'version', 'history'))
local isSame = since == history()
if building ~= ARGV[1] or not isSame then
  return { isSame and epoch == ARGV[3] and 'in-force' or 'superseded' }
end
redis.call('HSET', meta, 'epoch', ARGV[3])
redis.call('HDEL', meta, 'building', 'coming')
redis.call('SPUBLISH', notices, version .. ' ')
return { 'in-force' }
