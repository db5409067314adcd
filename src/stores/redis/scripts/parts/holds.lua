-- Part holds: who has which seats. A record per hold (held or being paid for) and per owner (sold
-- seats too), read on demand; part write-holds writes what has changed, once.
-- NEEDS holds, owners
-- KEEPS a seat is in at most one hold and has at most one owner; an owner's `has` counts what is held,
--       being paid for and bought

local holdRecords, ownerRecords, touchedHolds, touchedOwners = {}, {}, {}, {}

local function recordAt(cache, key, id)
  if cache[id] == nil then
    local packed = redis.call('HGET', key, id)
    cache[id] = packed and cmsgpack.unpack(packed)
  end
  return cache[id]
end

local function holdAt(id)
  return recordAt(holdRecords, holds, id)
end

local function ownerAt(id)
  local owner = recordAt(ownerRecords, owners, id)
  if not owner then
    owner = { has = 0, holds = {} }
    ownerRecords[id] = owner
  end
  return owner
end

local function fetchRecords(cache, key, ids)
  for nth, packed in ipairs(redis.call('HMGET', key, unpack(ids))) do
    cache[ids[nth]] = packed and cmsgpack.unpack(packed)
  end
end

local function ownedBy(owner, id)
  local hold = holdAt(id)
  return hold and hold.owner == owner and hold
end

-- The hold that the owner is about: the one being paid for, else the oldest.
local function runningOf(owner)
  local ids = ownerAt(owner).holds
  for _, id in ipairs(ids) do
    if holdAt(id).paying > 0 then
      return id, holdAt(id)
    end
  end
  return ids[1], ids[1] and holdAt(ids[1])
end

local function indexOf(list, wanted)
  for at, value in ipairs(list) do
    if value == wanted then
      return at
    end
  end
end

-- The hold with this id, made where there is none; the caller has seen to it that it is the owner's.
local function openHold(id, owner, heldAt, deadline)
  local hold = holdAt(id)
  if not hold then
    hold = { owner = owner, heldAt = heldAt, deadline = deadline, paying = 0, seats = {} }
    holdRecords[id] = hold
    table.insert(ownerAt(owner).holds, id)
  end
  touchedHolds[id], touchedOwners[owner] = true, true
  return hold
end

-- Puts a seat that nobody has into a hold.
local function keep(seat, id, hold, state)
  local at = #hold.seats + 1
  while at > 1 and hold.seats[at - 1] > seat do
    at = at - 1
  end
  table.insert(hold.seats, at, seat)
  hold.paying = hold.paying + (state == PAYING and 1 or 0)
  local owner = ownerAt(hold.owner)
  owner.has = owner.has + 1
  setSeat(seat, state, id)
end

-- Takes a seat from whoever has it; its state is set by the caller.
local function detach(seat)
  local state = stateAt(seat)
  if state == FREE or state == WITHHELD then
    return
  end
  local whose = seatAt(seat):sub(2)
  local owner = whose
  if state ~= SOLD then
    local hold = holdAt(whose)
    owner = hold.owner
    table.remove(hold.seats, indexOf(hold.seats, seat))
    hold.paying = hold.paying - (state == PAYING and 1 or 0)
    touchedHolds[whose] = true
    if #hold.seats == 0 then
      holdRecords[whose] = false
      table.remove(ownerAt(owner).holds, indexOf(ownerAt(owner).holds, whose))
    end
  end
  if owner ~= '' then
    ownerAt(owner).has = ownerAt(owner).has - 1
    touchedOwners[owner] = true
  end
end

local function free(seat)
  detach(seat)
  setSeat(seat, FREE)
end

-- The deadline that the owner may have now: never earlier than promised, never beyond the bound.
local function extended(hold, at, holdMs, maxHoldMs)
  return math.max(hold.deadline, math.min(at + holdMs, hold.heldAt + maxHoldMs))
end
