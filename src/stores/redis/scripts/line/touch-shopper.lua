-- touch-shopper: moves a shopper's deadline, or only tells it.
-- KEYS  meta      hash  {on-sale}
--       turns     zset  {on-sale}
--       shoppers  zset  {on-sale}
-- ARGV  epoch, now, entry, deadline ('' only tells it)
-- REPLY stale-epoch
--       active    deadline
--       ended
-- KEEPS an ended shopper is never revived, and nobody is admitted by it

if isStale() then
  return { 'stale-epoch' }
end
lapse(now())
local entry, deadline = ARGV[3], ARGV[4]
local known = redis.call('ZSCORE', shoppers, entry)
if not known then
  return { 'ended' }
end
if deadline == '' then
  return { 'active', known }
end
redis.call('ZADD', shoppers, deadline, entry)
return { 'active', deadline }
