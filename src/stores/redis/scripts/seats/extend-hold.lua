-- extend-hold: moves the deadline of the owner's hold to now + holdMs.
-- KEYS  meta       hash     {performance}
--       seats      hash     {performance}
--       looks      string   {performance}
--       holds      hash     {performance}
--       owners     hash     {performance}
--       deadlines  zset     {performance}
--       near       zset     {performance}
--       expired    list     {performance}
--       notices    channel  {performance}
-- ARGV  epoch, now, owner, hold, holdMs, maxHoldMs
-- REPLY stale-epoch
--       no-hold
--       paying   the hold is being paid for
--       held     hold, heldAt, deadline, number of seats, the seats
-- KEEPS a deadline never moves back, and never beyond maxHoldMs from the first seat

if not openSeats('epoch') then
  return { 'stale-epoch' }
end
local at = now()
lapse(at)
local hold = ownedBy(ARGV[3], ARGV[4])
if not hold then
  return { 'no-hold' }
elseif hold.paying > 0 then
  return { 'paying' }
end
hold.deadline = extended(hold, at, tonumber(ARGV[5]), tonumber(ARGV[6]))
touchedHolds[ARGV[4]] = true
write(true)
return withHold({ 'held' }, ARGV[4], hold)
