-- expire-holds: hands the sweeper what has expired.
-- KEYS  meta       hash     {performance}
--       seats      hash     {performance}
--       looks      string   {performance}
--       holds      hash     {performance}
--       owners     hash     {performance}
--       deadlines  zset     {performance}
--       near       zset     {performance}
--       expired    list     {performance}
--       notices    channel  {performance}
-- ARGV  epoch, now, limit
-- REPLY stale-epoch
--       expired   then per hold: hold, owner, number of seats, the seats
-- KEEPS each expired hold is told once

if not openSeats('epoch') then
  return { 'stale-epoch' }
end
lapse(now())
local reply = { 'expired' }
local limit = tonumber(ARGV[3])
local told = limit > 0 and redis.call('LPOP', expired, limit) or {}
for _, packed in ipairs(told) do
  local hold = cmsgpack.unpack(packed)
  reply[#reply + 1] = table.remove(hold, 1)
  reply[#reply + 1] = table.remove(hold, 1)
  withList(reply, hold)
end
return reply
