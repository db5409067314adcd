-- count-seats: how many seats are in which state, and how many holds run.
-- KEYS  meta       hash     {performance}
--       seats      hash     {performance}
--       looks      string   {performance}
--       holds      hash     {performance}
--       owners     hash     {performance}
--       deadlines  zset     {performance}
--       near       zset     {performance}
--       expired    list     {performance}
--       notices    channel  {performance}
-- ARGV  epoch, now
-- REPLY stale-epoch
--       ok        free, held, paying, sold, withheld, holds, holds near their deadline
-- KEEPS near is less than a fifth of a hold's own time left

if not openSeats('epoch') then
  return { 'stale-epoch' }
end
local at = now()
lapse(at)
local reply = { 'ok' }
for state = FREE, WITHHELD do
  reply[#reply + 1] = counts[state]
end
reply[#reply + 1] = redis.call('HLEN', holds)
reply[#reply + 1] = redis.call('ZCOUNT', near, '-inf', '(' .. exact(at))
return reply
