-- offer-turns: one admission tick. First the returned, in order of position; then the candidates that
-- are present. Absent ones are passed, keep their place, and come back as returned.
-- KEYS  meta        hash  {on-sale}
--       line        zset  {on-sale}
--       positions   hash  {on-sale}
--       presence    hash  {on-sale}
--       returned    zset  {on-sale}
--       turns       zset  {on-sale}
--       shoppers    zset  {on-sale}
--       admissions  hash  {on-sale}
-- ARGV  epoch, now, requestId ('' for none), leaderFence, take, serving, claimWindowMs, then the
--       candidates' indexes
-- REPLY stale-epoch
--       stale-leader  a newer leader has ticked
--       offered       serving, joined, waiting, returned, turns, shoppers, then per turn: entry,
--                     index, position, deadline
-- KEEPS Q4 at most `take` turns, and a named tick that is repeated gives none twice; Q7 serving never
--       falls; only the leader with the highest fence ticks

if isStale() then
  return { 'stale-epoch' }
end
local at = now()
lapse(at)
local requestId, fence, take = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local serving, knownFence, tickId, tickReply =
  unpack(redis.call('HMGET', meta, 'serving', 'leaderFence', 'tickId', 'tickReply'))
if fence < tonumber(knownFence) then
  return { 'stale-leader' }
end
redis.call('HSET', meta, 'leaderFence', ARGV[4])
if requestId ~= '' and tickId == requestId then
  return cmsgpack.unpack(tickReply)
end

local claimBy = at + tonumber(ARGV[7])
local given = {}
local function give(entry, index, position)
  redis.call('ZADD', turns, claimBy, entry)
  redis.call('HDEL', presence, entry)
  given[#given + 1] = { entry, index, position, exact(claimBy) }
end
local function isPresent(entry)
  return tonumber(redis.call('HGET', presence, entry) or 0) > at
end

-- A pacer behind the store has missed a reply, or is new: it learns the serving position first.
serving = tonumber(serving)
if tonumber(ARGV[6]) >= serving then
  serving = tonumber(ARGV[6])
  while #given < take do
    local entry = redis.call('ZPOPMIN', returned)[1]
    if not entry then
      break
    end
    if isPresent(entry) then
      give(entry, redis.call('ZSCORE', line, entry), redis.call('HGET', positions, entry))
    end
  end
  for nth = 8, #ARGV do
    if #given >= take then
      break
    end
    local entry = holderOf(ARGV[nth])
    if entry and stateOf(entry) == 'in-line' and not redis.call('ZSCORE', returned, entry) then
      redis.call('HSET', positions, entry, serving)
      if isPresent(entry) then
        give(entry, ARGV[nth], serving)
      end
    end
    serving = serving + 1
  end
  redis.call('HSET', meta, 'serving', serving)
end

local back, open = redis.call('ZCARD', returned), redis.call('ZCARD', turns)
local waiting = redis.call('ZCARD', line) - open - redis.call('HLEN', admissions)
local shopping = redis.call('ZCARD', shoppers)
local joined = redis.call('HGET', meta, 'nextIndex')
local reply = { 'offered', serving, joined, waiting, back, open, shopping }
for _, turn in ipairs(given) do
  for _, value in ipairs(turn) do
    reply[#reply + 1] = value
  end
end
if requestId ~= '' then
  redis.call('HSET', meta, 'tickId', requestId, 'tickReply', cmsgpack.pack(reply))
end
return reply
