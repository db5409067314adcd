-- count-line: how many are where, now.
-- KEYS  meta        hash  {on-sale}
--       line        zset  {on-sale}
--       returned    zset  {on-sale}
--       turns       zset  {on-sale}
--       shoppers    zset  {on-sale}
--       admissions  hash  {on-sale}
-- ARGV  epoch, now
-- REPLY stale-epoch
--       ok        joined, waiting, returned, turns, shoppers
-- KEEPS whoever is known is waiting, has a turn, or has an admission: exactly one of them

if isStale() then
  return { 'stale-epoch' }
end
lapse(now())
local open = redis.call('ZCARD', turns)
local waiting = redis.call('ZCARD', line) - open - redis.call('HLEN', admissions)
return {
  'ok',
  redis.call('HGET', meta, 'nextIndex'),
  waiting,
  redis.call('ZCARD', returned),
  open,
  redis.call('ZCARD', shoppers),
}
