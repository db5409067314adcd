-- read-hold: the owner's running hold.
-- KEYS  meta       hash     {performance}
--       seats      hash     {performance}
--       looks      string   {performance}
--       holds      hash     {performance}
--       owners     hash     {performance}
--       deadlines  zset     {performance}
--       near       zset     {performance}
--       expired    list     {performance}
--       notices    channel  {performance}
-- ARGV  epoch, now, owner
-- REPLY stale-epoch
--       no-hold
--       held     number of seats being paid for; hold, heldAt, deadline, number of seats, the seats
-- KEEPS the hold that is being paid for comes before any other

if not openSeats('epoch') then
  return { 'stale-epoch' }
end
lapse(now())
local id, hold = runningOf(ARGV[3])
if not id then
  return { 'no-hold' }
end
return withHold({ 'held', hold.paying }, id, hold)
