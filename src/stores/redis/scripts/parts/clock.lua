-- Part clock: which epoch is in force, and what time it is for this call.
-- NEEDS meta
-- KEEPS a missing or different epoch is stale: absence never means free. So is an epoch that was set
--       in another history of writes: a promoted replica or a restarted server begins one of its own,
--       and may lack what was answered last. Asking for it takes some three microseconds.

local function history()
  return string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)') or ''
end

local function isStale()
  local epoch, since = unpack(redis.call('HMGET', meta, 'epoch', 'history'))
  return epoch ~= ARGV[1] or since ~= history()
end

local function now()
  if ARGV[2] ~= '' then
    return tonumber(ARGV[2])
  end
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Lua prints fourteen digits, and replies cut fractions off: instants and versions go as text.
local function exact(number)
  return string.format('%.17g', number)
end

-- The same command for a long list, in slices that fit Lua's stack.
local function forMany(command, key, list)
  for from = 1, #list, 4000 do
    redis.call(command, key, unpack(list, from, math.min(from + 3999, #list)))
  end
end
