-- hold-seats: takes all the seats asked for, or none of them.
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
-- ARGV  epoch, now, requestId, owner, holdId, holdMs, maxHoldMs, limit, number of seats, the seats
--       (ascending, each once), then per area: first, last, count
-- REPLY stale-epoch
--       no-such-seat  nothing was written
--       other-owner   the hold id is another owner's; nothing was written
--       paying        the running hold is being paid for
--       over-limit    limit, has
--       taken         number of seats, the seats; number of areas, their first places
--       held          number added, those seats; hold, heldAt, deadline, number of seats, the seats
-- KEEPS nobody gets a seat that another has; the limit counts what is held, being paid for and bought
--       (S14); a deadline never moves back; a request that is repeated gets the same reply

if not openSeats('epoch') then
  return { 'stale-epoch' }
end
local requestId, owner, holdId = ARGV[3], ARGV[4], ARGV[5]
local holdMs, maxHoldMs, limit = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local asked, firstArea = {}, 10 + ARGV[9]
for nth = 10, firstArea - 1 do
  asked[#asked + 1] = tonumber(ARGV[nth])
end
local highest = asked[#asked] or 0
for nth = firstArea, #ARGV, 3 do
  highest = math.max(highest, tonumber(ARGV[nth + 1]))
end
if highest >= seatCount then
  return { 'no-such-seat', highest, seatCount }
end
local at = now()
lapse(at)

local known = redis.call('HGET', young, requestId) or redis.call('HGET', elder, requestId)
known = known and cmsgpack.unpack(known)
if known and known.owner == owner then
  return known.reply
end

-- Two generations of replies: when the younger is full or old it becomes the elder.
local function answer(reply)
  local isFull = redis.call('HLEN', young) >= 32768
  if isFull or youngSince == nil or at - youngSince >= 120000 then
    redis.call('UNLINK', elder)
    if redis.call('EXISTS', young) == 1 then
      redis.call('RENAME', young, elder)
    end
    redis.call('HSET', meta, 'youngSince', at)
  end
  redis.call('HSET', young, requestId, cmsgpack.pack({ owner = owner, reply = reply }))
  return reply
end

local runningId, running = runningOf(owner)
if running and running.paying > 0 then
  return answer({ 'paying' })
end
if not running and holdAt(holdId) then
  return { 'other-owner' }
end

fetchSeats(asked)
local wanted, taken, spoken = {}, {}, {}
for _, seat in ipairs(asked) do
  local state = stateAt(seat)
  local isOwn = (state == HELD or state == PAYING) and ownedBy(owner, seatAt(seat):sub(2))
  if not isOwn then
    wanted[#wanted + 1] = seat
    spoken[seat] = true
    if state ~= FREE then
      taken[#taken + 1] = seat
    end
  end
end
local places = 0
for nth = firstArea, #ARGV, 3 do
  places = places + ARGV[nth + 2]
end
local has = ownerAt(owner).has
if has + #wanted + places > limit then
  return answer({ 'over-limit', limit, has })
end

local short = {}
for nth = firstArea, #ARGV, 3 do
  local left = pickPlaces(tonumber(ARGV[nth]), tonumber(ARGV[nth + 1]), tonumber(ARGV[nth + 2]), spoken, wanted)
  if left > 0 then
    short[#short + 1] = tonumber(ARGV[nth])
  end
end
if #taken > 0 or #short > 0 then
  return answer(withList(withList({ 'taken' }, taken), short))
end

table.sort(wanted)
local promised = running or { heldAt = at, deadline = at }
local id = runningId or holdId
local hold = openHold(id, owner, at, at)
hold.deadline = extended(promised, at, holdMs, maxHoldMs)
for _, seat in ipairs(wanted) do
  keep(seat, id, hold, HELD)
end
write(true)
return answer(withHold(withList({ 'held' }, wanted), id, hold))
