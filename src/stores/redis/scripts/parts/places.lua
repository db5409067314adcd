-- Part places: who stands where, and marking an entry present.
-- NEEDS meta, line, positions, presence, returned, turns, shoppers, admissions
-- KEEPS Q1 one entry per index, one index per entry; Q2 whoever shows a place keeps it

local function holderOf(index)
  return redis.call('ZRANGEBYSCORE', line, index, index, 'LIMIT', 0, 1)[1]
end

-- The state, and for a turn or a shopper the deadline.
local function stateOf(entry)
  local deadline = redis.call('ZSCORE', shoppers, entry)
  if deadline then
    return 'shopper', deadline
  end
  deadline = redis.call('ZSCORE', turns, entry)
  if deadline then
    return 'turn', deadline
  end
  if redis.call('HEXISTS', admissions, entry) == 1 then
    return 'ended'
  end
  return 'in-line'
end

-- false: the index is another entry's. A token from before the records were replaced gets no place
-- here, and takes none away.
local function findPlace(entry, index, position)
  local known = tonumber(redis.call('ZSCORE', line, entry) or nil)
  if known == nil then
    if holderOf(index) then
      return false
    end
    redis.call('ZADD', line, index, entry)
    if index >= tonumber(redis.call('HGET', meta, 'nextIndex')) then
      redis.call('HSET', meta, 'nextIndex', index + 1)
    end
    return true
  end
  -- Joined anew after a wipe, and now shows the token of before: the earlier place is the fan's.
  if index < known and stateOf(entry) == 'in-line' and not holderOf(index) then
    redis.call('ZADD', line, index, entry)
    if position == '' then
      redis.call('HDEL', positions, entry)
      redis.call('ZREM', returned, entry)
    end
  end
  return true
end

-- Answers the state, with the deadline of a turn.
local function checkIn(entry, index, position, presentUntil, serving)
  if not findPlace(entry, index, position) then
    return 'waiting', ''
  end
  local state, deadline = stateOf(entry)
  if state == 'shopper' then
    return 'admitted', ''
  elseif state == 'ended' then
    return 'ended', ''
  end
  if position ~= '' then
    redis.call('HSET', positions, entry, position)
  end
  if state == 'turn' then
    return 'turn', deadline
  end
  local present = tonumber(redis.call('HGET', presence, entry) or 0)
  if presentUntil > present then
    redis.call('HSET', presence, entry, presentUntil)
  end
  local place = tonumber(position ~= '' and position or redis.call('HGET', positions, entry) or nil)
  if place == nil or place >= serving then
    return 'waiting', ''
  end
  redis.call('ZADD', returned, place, entry)
  return 'returned', ''
end
