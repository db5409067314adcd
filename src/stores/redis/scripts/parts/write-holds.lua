-- Part write-holds: writes every hold, owner and seat that the script has changed, and shapes replies.
-- NEEDS holds, owners, deadlines, near
-- KEEPS only holds that are not being paid for are among the deadlines, because a paying one never
--       expires; a hold without seats and an owner without any are forgotten

local function write(isTold)
  for id in pairs(touchedHolds) do
    local hold = holdRecords[id]
    if hold then
      redis.call('HSET', holds, id, cmsgpack.pack(hold))
    else
      redis.call('HDEL', holds, id)
    end
    if hold and hold.paying == 0 then
      redis.call('ZADD', deadlines, hold.deadline, id)
      redis.call('ZADD', near, hold.deadline - (hold.deadline - hold.heldAt) / 5, id)
    else
      redis.call('ZREM', deadlines, id)
      redis.call('ZREM', near, id)
    end
  end
  for id in pairs(touchedOwners) do
    local owner = ownerRecords[id]
    if owner.has == 0 and #owner.holds == 0 then
      redis.call('HDEL', owners, id)
    else
      redis.call('HSET', owners, id, cmsgpack.pack(owner))
    end
  end
  touchedHolds, touchedOwners = {}, {}
  writeSeats(isTold)
end

-- A count, then the list.
local function withList(reply, list)
  reply[#reply + 1] = #list
  for _, value in ipairs(list) do
    reply[#reply + 1] = value
  end
  return reply
end

-- Id, first moment, deadline and seats: the end of a reply.
local function withHold(reply, id, hold)
  reply[#reply + 1] = id
  reply[#reply + 1] = exact(hold.heldAt)
  reply[#reply + 1] = exact(hold.deadline)
  return withList(reply, hold.seats)
end
