-- Part lapse-turns: ends every turn and every shopper whose deadline has passed: over AT the deadline.
-- NEEDS turns, shoppers
-- KEEPS a lapsed turn is no loss of place: the entry is waiting again, and absent, because giving a
--       turn forgot its presence. An entry with an admission that is not among the shoppers has ended.

local function lapse(at)
  redis.call('ZREMRANGEBYSCORE', turns, '-inf', at)
  redis.call('ZREMRANGEBYSCORE', shoppers, '-inf', at)
end
