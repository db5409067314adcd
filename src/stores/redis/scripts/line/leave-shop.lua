-- leave-shop: frees a shopper's place at once.
-- KEYS  meta      hash  {on-sale}
--       shoppers  zset  {on-sale}
-- ARGV  epoch, now, entry
-- REPLY stale-epoch
--       left
-- KEEPS the place in line of who is not in the shop stays; a repeat changes nothing

if isStale() then
  return { 'stale-epoch' }
end
redis.call('ZREM', shoppers, ARGV[3])
return { 'left' }
