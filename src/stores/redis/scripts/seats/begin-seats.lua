-- begin-seats: takes the seats out of force and empties them, for a restore that follows in chunks.
-- KEYS  meta       hash    {performance}
--       seats      hash    {performance}
--       fences     hash    {performance}
--       looks      string  {performance}
--       holds      hash    {performance}
--       owners     hash    {performance}
--       deadlines  zset    {performance}
--       near       zset    {performance}
--       expired    list    {performance}
--       young      hash    {performance}
--       elder      hash    {performance}
-- ARGV  token of this restore, now (unused), epoch to come, number of seats
-- REPLY in-force  this epoch or a newer one is in force already; nothing was written
--       begun
-- KEEPS from here until finish-seats every call answers stale-epoch; a restore that begins later takes
--       over, and the chunks of the former are refused. Versions of an epoch begin far above the last.

local epoch, former, coming = unpack(redis.call('HMGET', meta, 'epoch', 'former', 'coming'))
local newest = math.max(tonumber(epoch or -1), tonumber(former or -1))
if newest >= tonumber(ARGV[3]) or tonumber(coming or -1) > tonumber(ARGV[3]) then
  return { 'in-force' }
end
redis.call('UNLINK', meta, seats, fences, looks, holds, owners, deadlines, near, expired, young, elder)
redis.call('HSET', meta, 'building', ARGV[1], 'coming', ARGV[3], 'former', exact(newest), 'history', history(),
  'seatCount', ARGV[4], 'version', ARGV[3] * 4294967296, 'free', ARGV[4], 'held', 0, 'paying', 0,
  'sold', 0, 'withheld', 0)
if tonumber(ARGV[4]) > 0 then
  redis.call('SETRANGE', looks, math.ceil(ARGV[4] / 4) - 1, '\0')
end
return { 'begun' }
