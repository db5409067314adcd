-- release-seats: gives back all seats of the owner's hold, or those named.
-- KEYS  meta       hash     {performance}
--       seats      hash     {performance}
--       looks      string   {performance}
--       holds      hash     {performance}
--       owners     hash     {performance}
--       deadlines  zset     {performance}
--       near       zset     {performance}
--       expired    list     {performance}
--       notices    channel  {performance}
-- ARGV  epoch, now, owner, hold, 'all' or 'named', then the seats named
-- REPLY stale-epoch
--       no-hold
--       paying    the hold is being paid for
--       released  number of seats, the seats
-- KEEPS nobody frees another's seat; a repeat frees nothing more

if not openSeats('epoch') then
  return { 'stale-epoch' }
end
lapse(now())
local hold = ownedBy(ARGV[3], ARGV[4])
if not hold then
  return { 'no-hold' }
elseif hold.paying > 0 then
  return { 'paying' }
end
local named = {}
for nth = 6, #ARGV do
  named[tonumber(ARGV[nth])] = true
end
local freed = {}
for _, seat in ipairs(hold.seats) do
  if ARGV[5] == 'all' or named[seat] then
    freed[#freed + 1] = seat
  end
end
for _, seat in ipairs(freed) do
  free(seat)
end
write(true)
return withList({ 'released' }, freed)
