-- Part write-holds: writes every hold, owner and seat that the script has changed, and shapes replies.
-- NEEDS holds, owners, deadlines, near
-- KEEPS only holds that are not being paid for are among the deadlines, because a paying one never
--       expires; a hold without seats and an owner without any are forgotten

local function push(list, one, other)
  list[#list + 1] = one
  list[#list + 1] = other
end

local function writeHolds()
  local kept, gone, due, nearing, undue = {}, {}, {}, {}, {}
  for id in pairs(touchedHolds) do
    local hold = holdRecords[id]
    if hold then
      push(kept, id, cmsgpack.pack(hold))
    else
      gone[#gone + 1] = id
    end
    if hold and hold.paying == 0 then
      push(due, hold.deadline, id)
      push(nearing, hold.deadline - (hold.deadline - hold.heldAt) / 5, id)
    else
      undue[#undue + 1] = id
    end
  end
  forMany('HSET', holds, kept)
  forMany('HDEL', holds, gone)
  forMany('ZADD', deadlines, due)
  forMany('ZADD', near, nearing)
  forMany('ZREM', deadlines, undue)
  forMany('ZREM', near, undue)
end

local function writeOwners()
  local kept, gone = {}, {}
  for id in pairs(touchedOwners) do
    local owner = ownerRecords[id]
    if owner.has == 0 and #owner.holds == 0 then
      gone[#gone + 1] = id
    else
      push(kept, id, cmsgpack.pack(owner))
    end
  end
  forMany('HSET', owners, kept)
  forMany('HDEL', owners, gone)
end

local function write(isTold)
  writeHolds()
  writeOwners()
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
