-- Part spans: spans of time after which something is counted anew.
-- NEEDS meta
-- KEEPS spans follow each other without overlap; a clock that was set back opens one as well

-- Milliseconds until the next span, and whether this one begins now: then what was counted is over.
local function untilNextSpan(sinceField, spanMs)
  local since = tonumber(redis.call('HGET', meta, sinceField) or 0)
  local age = now() - since
  local begins = age < 0 or age >= spanMs
  if begins then
    since = now()
    redis.call('HSET', meta, sinceField, exact(since))
  end
  return since + spanMs - now(), begins
end
