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
-- ARGV  epoch, or token of a restore; now (unused); 'epoch' or 'building'; then per truth: seat,
--       state digit, fence, owner, hold, heldAt, deadline ('' where unknown)
-- REPLY stale-epoch    or, for a restore: another has begun, or the store was wiped
--       no-such-seat   nothing was written
--       other-owner    a hold has two owners; nothing was written
--       applied
-- KEEPS a truth older than the one known changes nothing; any other replaces what the store thought,
--       also a hold that only the store knew of. A repeat writes the same again.

if not openSeats(ARGV[3]) then
  return { 'stale-epoch' }
end
local seatList, known, ownerIds, holdIds = {}, {}, {}, {}
for nth = 4, #ARGV, 7 do
  local seat = tonumber(ARGV[nth])
  if seat >= seatCount then
    return { 'no-such-seat', seat, seatCount }
  end
  seatList[#seatList + 1] = seat
  ownerIds[#ownerIds + 1] = ARGV[nth + 3]
  holdIds[#holdIds + 1] = ARGV[nth + 4]
end
if #seatList == 0 then
  return { 'applied' }
end
fetchSeats(seatList)
fetchRecords(ownerRecords, owners, ownerIds)
fetchRecords(holdRecords, holds, holdIds)
for nth, fence in ipairs(redis.call('HMGET', fences, unpack(seatList))) do
  known[seatList[nth]] = tonumber(fence or 0)
end

-- false: the hold is another owner's.
local function claim(seat, state, nth)
  local owner, id = ARGV[nth + 3], ARGV[nth + 4]
  local heldAt, deadline = tonumber(ARGV[nth + 5]), tonumber(ARGV[nth + 6])
  -- The last seat of a hold takes its record along; what it knew of time may still be needed.
  local former = stateAt(seat)
  local isSame = (former == HELD or former == PAYING) and seatAt(seat):sub(2) == id
  local before = isSame and holdAt(id) or {}
  local from = heldAt or before.heldAt or deadline or 0
  local to = deadline or before.deadline or from
  detach(seat)
  local hold = openHold(id, owner, from, to)
  if hold.owner ~= owner then
    return false
  end
  hold.heldAt = math.min(hold.heldAt, heldAt or hold.heldAt)
  keep(seat, id, hold, state)
  hold.deadline = deadline or hold.deadline
  return true
end

local newer = {}
for nth = 4, #ARGV, 7 do
  local seat, state, fence = tonumber(ARGV[nth]), tonumber(ARGV[nth + 1]), tonumber(ARGV[nth + 2])
  if fence >= known[seat] then
    known[seat] = fence
    newer[#newer + 1] = seat
    newer[#newer + 1] = ARGV[nth + 2]
    if state == HELD or state == PAYING then
      if not claim(seat, state, nth) then
        return { 'other-owner' }
      end
    else
      detach(seat)
      if state == SOLD and ARGV[nth + 3] ~= '' then
        local owner = ownerAt(ARGV[nth + 3])
        owner.has = owner.has + 1
        touchedOwners[ARGV[nth + 3]] = true
      end
      setSeat(seat, state, state == SOLD and ARGV[nth + 3] or '')
    end
  end
end
forMany('HSET', fences, newer)
write(ARGV[3] == 'epoch')
return { 'applied' }
