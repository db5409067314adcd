-- read-availability: the map of all seats in one call.
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
--       ok        version, number of seats, two bits a seat
-- KEEPS map and version belong together

if not openSeats('epoch') then
  return { 'stale-epoch' }
end
lapse(now())
return { 'ok', exact(version), seatCount, redis.call('GET', looks) or '' }
