-- Part asks: how often an entry is answered in a span of time.
-- NEEDS meta, asks

-- Milliseconds until the next span, where the entry has had its share of this one; nil: counted.
local function askedTooOften(entry, most, spanMs)
  if not most then
    return nil
  end
  local waitMs, begins = untilNextSpan('asksSince', spanMs)
  if begins then
    redis.call('UNLINK', asks)
  end
  if tonumber(redis.call('HGET', asks, entry) or 0) >= most then
    return waitMs
  end
  redis.call('HINCRBY', asks, entry, 1)
  return nil
end
