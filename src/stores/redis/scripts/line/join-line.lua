-- join-line: gives each request its place, in the order of the list.
-- KEYS  meta        hash  {on-sale}
--       line        zset  {on-sale}
--       identities  hash  {on-sale}
-- ARGV  epoch, now, highWaterMark, most entries, then per request: entry, identity ('' for none)
-- REPLY stale-epoch
--       full         more entries than a line may have; nothing was written
--       ok           then per request: joined | known | mark-reached, entry, index
-- KEEPS Q1 an index is handed out once, and never at or above the durable high-water mark; the same
--       entry or identity gets the same place, within a call and for ever, so a repeat is harmless

if isStale() then
  return { 'stale-epoch' }
end
local mark, most = tonumber(ARGV[3]), tonumber(ARGV[4])
local entries = {}
for at = 5, #ARGV, 2 do
  entries[#entries + 1] = ARGV[at]
end
if #entries == 0 then
  return { 'ok' }
end
if redis.call('ZCARD', line) + #entries > most then
  return { 'full' }
end

local scores = redis.call('ZMSCORE', line, unpack(entries))
local nextIndex = tonumber(redis.call('HGET', meta, 'nextIndex'))
local indexes, identified, added, named = {}, {}, {}, {}
local reply = { 'ok' }
local function answer(kind, entry, index)
  reply[#reply + 1] = kind
  reply[#reply + 1] = entry
  reply[#reply + 1] = index
end

for nth, entry in ipairs(entries) do
  local identity = ARGV[4 + 2 * nth]
  local index = indexes[entry] or scores[nth]
  local holder = entry
  if not index and identity ~= '' then
    holder = identified[identity] or redis.call('HGET', identities, identity)
    index = holder and (indexes[holder] or redis.call('ZSCORE', line, holder))
  end
  if index then
    answer('known', holder, index)
  elseif nextIndex >= mark then
    answer('mark-reached', entry, '')
  else
    indexes[entry] = nextIndex
    added[#added + 1] = nextIndex
    added[#added + 1] = entry
    if identity ~= '' then
      identified[identity] = entry
      named[#named + 1] = identity
      named[#named + 1] = entry
    end
    answer('joined', entry, nextIndex)
    nextIndex = nextIndex + 1
  end
end

if #added > 0 then
  forMany('ZADD', line, added)
  forMany('HSET', identities, named)
  redis.call('HSET', meta, 'nextIndex', nextIndex)
end
return reply
