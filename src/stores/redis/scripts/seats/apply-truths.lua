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
local seatList, known, holdIds, isAsked = {}, {}, {}, {}
for nth = 4, #ARGV, 7 do
  local seat, id = tonumber(ARGV[nth]), ARGV[nth + 4]
  if seat >= seatCount then
    return { 'no-such-seat', seat, seatCount }
  end
  seatList[#seatList + 1] = seat
  if not isAsked[id] then
    isAsked[id] = true
    holdIds[#holdIds + 1] = id
  end
end
if #seatList == 0 then
  return { 'applied' }
end
fetchSeats(seatList)
fetchRecords(holdRecords, holds, holdIds)
for nth, fence in ipairs(redis.call('HMGET', fences, unpack(seatList))) do
  known[seatList[nth]] = tonumber(fence or 0)
end

-- The usual word of a hold: the store has promised what was committed, and only the fence is news.
local function isAsPromised(seat, state, nth)
  local id = ARGV[nth + 4]
  if (state ~= HELD and state ~= PAYING) or seatAt(seat) ~= state .. id then
    return false
  end
  local hold, heldAt, deadline = holdAt(id), tonumber(ARGV[nth + 5]), tonumber(ARGV[nth + 6])
  return hold.owner == ARGV[nth + 3] and hold.heldAt == (heldAt or hold.heldAt)
    and hold.deadline == (deadline or hold.deadline)
end

local ownerIds = {}
for nth = 4, #ARGV, 7 do
  if not isAsPromised(tonumber(ARGV[nth]), tonumber(ARGV[nth + 1]), nth) then
    ownerIds[#ownerIds + 1] = ARGV[nth + 3]
  end
end
if #ownerIds > 0 then
  fetchRecords(ownerRecords, owners, ownerIds)
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
    if isAsPromised(seat, state, nth) then
      -- Nothing to write but the fence.
    elseif state == HELD or state == PAYING then
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
