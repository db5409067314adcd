-- leave-shop: frees shoppers' places at once.
-- KEYS  meta      hash  {on-sale}
--       shoppers  zset  {on-sale}
-- ARGV  epoch, now, then each entry: at most 4,000
-- REPLY stale-epoch
--       left
-- KEEPS the place in line of who is not in the shop stays; a repeat changes nothing

if isStale() then
  return { 'stale-epoch' }
end
redis.call('ZREM', shoppers, unpack(ARGV, 3))
return { 'left' }
