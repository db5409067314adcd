-- Part asks: how often an entry is answered in a span of time.
-- NEEDS meta, asks
-- KEEPS spans follow each other without overlap; a clock that was set back opens one as well

-- Milliseconds until the next span, where the entry has had its share of this one; nil: counted.
local function askedTooOften(entry, most, spanMs)
  if not most then
    return nil
  end
  local since = tonumber(redis.call('HGET', meta, 'asksSince') or 0)
  local age = now() - since
  if age < 0 or age >= spanMs then
    since = now()
    redis.call('UNLINK', asks)
    redis.call('HSET', meta, 'asksSince', exact(since))
  end
  if tonumber(redis.call('HGET', asks, entry) or 0) >= most then
    return since + spanMs - now()
  end
  redis.call('HINCRBY', asks, entry, 1)
  return nil
end
