-- hold-seats: takes, for each request in order, all the seats asked for, or none of them.
-- KEYS  meta       hash     {performance}
--       seats      hash     {performance}
--       looks      string   {performance}
--       holds      hash     {performance}
--       owners     hash     {performance}
--       deadlines  zset     {performance}
--       near       zset     {performance}
--       expired    list     {performance}
--       notices    channel  {performance}
--       young      hash     {performance}
--       elder      hash     {performance}
-- ARGV  epoch, now, then per request: requestId, owner, holdId, holdMs, maxHoldMs, limit, number of
--       seats, the seats (ascending, each once), number of areas, per area first, last and count
-- REPLY stale-epoch
--       ok            then a list per request, which begins with one of these:
--       no-such-seat  the seat, how many there are; nothing was written for this request
--       other-owner   the hold id is another owner's; nothing was written for this request
--       paying        the running hold is being paid for
--       over-limit    limit, has
--       taken         number of seats, the seats; number of areas, their first places; what the
--                     owner has
--       held          number added, those seats; hold, heldAt, deadline, number of seats, the seats
-- KEEPS nobody gets a seat that another has; the limit counts what is held, being paid for and bought
--       (S14); a deadline never moves back; a request that is repeated gets the same reply. Requests
--       of one call stand to each other as if they had come one by one.

if not openSeats('epoch') then
  return { 'stale-epoch' }
end

local position = 3
local function nextNumber()
  position = position + 1
  return tonumber(ARGV[position - 1])
end

local requests, ids, ownerIds, allSeats = {}, {}, {}, {}
while position <= #ARGV do
  local request = {
    id = ARGV[position],
    owner = ARGV[position + 1],
    holdId = ARGV[position + 2],
    seats = {},
    areas = {},
    places = 0,
    highest = 0,
  }
  position = position + 3
  request.holdMs, request.maxHoldMs, request.limit = nextNumber(), nextNumber(), nextNumber()
  for nth = 1, nextNumber() do
    local seat = nextNumber()
    request.seats[nth] = seat
    request.highest = seat
    allSeats[#allSeats + 1] = seat
  end
  for nth = 1, nextNumber() do
    local area = { nextNumber(), nextNumber(), nextNumber() }
    request.areas[nth] = area
    request.places = request.places + area[3]
    request.highest = math.max(request.highest, area[2])
  end
  requests[#requests + 1] = request
  ids[#ids + 1] = request.id
  ownerIds[#ownerIds + 1] = request.owner
end

fetchSeats(allSeats)
fetchRecords(ownerRecords, owners, ownerIds)
recall(ids)
local at, hasLapsed = now(), false
local reply = { 'ok' }
for _, request in ipairs(requests) do
  local one
  if request.highest >= seatCount then
    -- Before anything lapses: a refused request changes nothing.
    one = { 'no-such-seat', request.highest, seatCount }
  else
    if not hasLapsed then
      lapse(at)
      hasLapsed = true
    end
    one = knownReply(request.id, request.owner)
    if not one then
      one = takeSeats(request, at)
      if one[1] ~= 'other-owner' then
        remember(request.id, request.owner, one)
      end
    end
  end
  reply[#reply + 1] = one
end
write(true)
writeReplies(at)
return reply
