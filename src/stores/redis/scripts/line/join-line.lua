-- join-line: gives each request its place, in the order of the list.
-- KEYS  meta        hash  {on-sale}
--       line        zset  {on-sale}
--       identities  hash  {on-sale}
--       networks    hash  {on-sale}
--       asks        hash  {on-sale}
-- ARGV  epoch, now, highWaterMark, most entries, joins of a network in a span ('' for uncounted), span
--       in ms, asks of an entry in a span ('' for uncounted), span in ms, then per request: entry, identity (with *places, where it has more than one) and network
--       ('' for none)
-- REPLY stale-epoch
--       full         more entries than a line may have; nothing was written
--       ok           then per request: joined | known | mark-reached | identity-full, entry, index; or
--                    network-full | asked-too-often, entry, ms until the next span
-- KEEPS Q1 an index is handed out once, and never at or above the durable high-water mark; the same
--       entry, or identity with one place, gets the same place, within a call and for ever, so a repeat is
--       harmless; no identity is given more places than it has

if isStale() then
  return { 'stale-epoch' }
end
local mark, most = tonumber(ARGV[3]), tonumber(ARGV[4])
local share, spanMs = tonumber(ARGV[5]), tonumber(ARGV[6])
local entryAsks, entrySpanMs = tonumber(ARGV[7]), tonumber(ARGV[8])
local entries = {}
for at = 9, #ARGV, 3 do
  entries[#entries + 1] = ARGV[at]
end
if #entries == 0 then
  return { 'ok' }
end
if redis.call('ZCARD', line) + #entries > most then
  return { 'full' }
end

local retryMs, begins = 0, false
if share then
  retryMs, begins = untilNextSpan('networksSince', spanMs)
end
if begins then
  redis.call('UNLINK', networks)
end

local had = {}
local function isFull(network)
  if not share or network == '' then
    return false
  end
  had[network] = had[network] or tonumber(redis.call('HGET', networks, network) or 0)
  return had[network] >= share
end

local scores = redis.call('ZMSCORE', line, unpack(entries))
local nextIndex = tonumber(redis.call('HGET', meta, 'nextIndex'))
local indexes, given, added, named, counted = {}, {}, {}, {}, {}
local reply = { 'ok' }
local function answer(kind, entry, index)
  reply[#reply + 1] = kind
  reply[#reply + 1] = entry
  reply[#reply + 1] = index
end

for nth, entry in ipairs(entries) do
  local identity, network = ARGV[7 + 3 * nth], ARGV[8 + 3 * nth]
  local index = indexes[entry] or scores[nth]
  local holder, places = entry, nil
  if not index and identity ~= '' then
    given[identity] = given[identity] or redis.call('HGET', identities, identity) or nil
    places = tonumber(string.match(identity, '%*(%d+)$'))
    if not places and given[identity] then
      holder = given[identity]
      index = indexes[holder] or redis.call('ZSCORE', line, holder)
    end
  end
  if index then
    local waitMs = askedTooOften(holder, entryAsks, entrySpanMs)
    answer(waitMs and 'asked-too-often' or 'known', holder, waitMs and exact(waitMs) or index)
  elseif places and tonumber(given[identity] or 0) >= places then
    answer('identity-full', entry, '')
  elseif isFull(network) then
    answer('network-full', entry, exact(retryMs))
  elseif nextIndex >= mark then
    answer('mark-reached', entry, '')
  else
    if had[network] then
      had[network] = had[network] + 1
    end
    indexes[entry] = nextIndex
    added[#added + 1] = nextIndex
    added[#added + 1] = entry
    if identity ~= '' then
      given[identity] = places and tonumber(given[identity] or 0) + 1 or entry
      named[#named + 1] = identity
      named[#named + 1] = given[identity]
    end
    answer('joined', entry, nextIndex)
    nextIndex = nextIndex + 1
  end
end

if #added > 0 then
  forMany('ZADD', line, added)
  forMany('HSET', identities, named)
  for network, joins in pairs(had) do
    counted[#counted + 1] = network
    counted[#counted + 1] = joins
  end
  forMany('HSET', networks, counted)
  redis.call('HSET', meta, 'nextIndex', nextIndex)
end
return reply
