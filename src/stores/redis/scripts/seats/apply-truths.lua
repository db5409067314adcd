-- apply-truths: brings PostgreSQL's word in, seat by seat. Also the chunks of a restore, which are
-- guarded by its token instead of the epoch, and told as a whole at its end.
-- KEYS  meta       hash     {performance}
--       seats      hash     {performance}
--       fences     hash     {performance}
--       looks      string   {performance}
--       holds      hash     {performance}
--       owners     hash     {performance}
--       deadlines  zset     {performance}
--       near       zset     {performance}
--       notices    channel  {performance}
-- ARGV  epoch, or token of a restore; now (unused); 'epoch' or 'building'; then for seats of which the
--       same is said: state digit, owner, hold, heldAt, deadline ('' where unknown), number of
--       seats, each with its fence
-- REPLY stale-epoch    or, for a restore: another has begun, or the store was wiped
--       no-such-seat   nothing was written
--       other-owner    a hold has two owners; nothing was written
--       applied
-- KEEPS a truth older than the one known changes nothing; any other replaces what the store thought,
--       also a hold that only the store knew of. A repeat writes the same again.

if not openSeats(ARGV[3]) then
  return { 'stale-epoch' }
end
local said, seatList, fenceList, known, holdIds = {}, {}, {}, {}, {}
local position = 4
while position <= #ARGV do
  local one = {
    state = tonumber(ARGV[position]),
    owner = ARGV[position + 1],
    id = ARGV[position + 2],
    heldAt = tonumber(ARGV[position + 3]),
    deadline = tonumber(ARGV[position + 4]),
    first = #seatList + 1,
    last = #seatList + tonumber(ARGV[position + 5]),
  }
  position = position + 6
  for nth = one.first, one.last do
    local seat = tonumber(ARGV[position])
    if seat >= seatCount then
      return { 'no-such-seat', seat, seatCount }
    end
    seatList[nth], fenceList[nth] = seat, ARGV[position + 1]
    position = position + 2
  end
  said[#said + 1], holdIds[#holdIds + 1] = one, one.id
end
if #seatList == 0 then
  return { 'applied' }
end
fetchSeats(seatList)
fetchRecords(holdRecords, holds, holdIds)
for nth, fence in ipairs(redis.call('HMGET', fences, unpack(seatList))) do
  known[seatList[nth]] = tonumber(fence or 0)
end

-- The usual word of a hold: the store has promised what was committed, and only the fence is news. How
-- its seats then read; nil where the store thinks otherwise of the hold.
local function promiseOf(one)
  local hold = (one.state == HELD or one.state == PAYING) and holdAt(one.id)
  if hold and hold.owner == one.owner and hold.heldAt == (one.heldAt or hold.heldAt)
    and hold.deadline == (one.deadline or hold.deadline) then
    return one.state .. one.id
  end
end

local ownerIds = {}
for _, one in ipairs(said) do
  local promised = promiseOf(one)
  for nth = one.first, one.last do
    if seatAt(seatList[nth]) ~= promised then
      ownerIds[#ownerIds + 1] = one.owner
      break
    end
  end
end
if #ownerIds > 0 then
  fetchRecords(ownerRecords, owners, ownerIds)
end

local newer = {}
for _, one in ipairs(said) do
  local promised = promiseOf(one)
  for nth = one.first, one.last do
    local seat, fence = seatList[nth], tonumber(fenceList[nth])
    if fence >= known[seat] then
      known[seat] = fence
      newer[#newer + 1] = seat
      newer[#newer + 1] = fenceList[nth]
      if seatAt(seat) ~= promised then
        if not replace(seat, one) then
          return { 'other-owner' }
        end
        promised = promiseOf(one)
      end
    end
  end
end
forMany('HSET', fences, newer)
write(ARGV[3] == 'epoch')
return { 'applied' }
