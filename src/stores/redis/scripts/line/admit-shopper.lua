-- admit-shopper: brings in an admission that PostgreSQL has, also of an entry that the store has lost.
-- KEYS  meta        hash  {on-sale}
--       line        zset  {on-sale}
--       positions   hash  {on-sale}
--       presence    hash  {on-sale}
--       returned    zset  {on-sale}
--       turns       zset  {on-sale}
--       shoppers    zset  {on-sale}
--       admissions  hash  {on-sale}
-- ARGV  epoch, now, entry, index, admission id, deadline
-- REPLY stale-epoch
--       active    deadline
--       ended     it had ended, its deadline has passed, or the index is another entry's
-- KEEPS Q6 one admission per entry: the one that is durable; an ended one is never revived, and a
--       repeat changes nothing but the deadline

if isStale() then
  return { 'stale-epoch' }
end
local at = now()
lapse(at)
local entry, deadline = ARGV[3], ARGV[6]
if stateOf(entry) == 'ended' or not findPlace(entry, tonumber(ARGV[4]), '') then
  return { 'ended' }
end
redis.call('HSET', admissions, entry, ARGV[5])
redis.call('ZADD', shoppers, deadline, entry)
redis.call('ZREM', turns, entry)
redis.call('ZREM', returned, entry)
redis.call('HDEL', positions, entry)
redis.call('HDEL', presence, entry)
lapse(at)
if tonumber(deadline) <= at then
  return { 'ended' }
end
return { 'active', deadline }
