-- Part replace-seats: a seat becomes what PostgreSQL says of it, whatever the store thought.
-- NEEDS seats, holds, owners
-- KEEPS a hold has one owner, and begins when it was first said to; what the word does not tell of its
--       time is what was known

local function claim(seat, one)
  -- The last seat of a hold takes its record along; what it knew of time may still be needed.
  local former = stateAt(seat)
  local isSame = (former == HELD or former == PAYING) and seatAt(seat):sub(2) == one.id
  local before = isSame and holdAt(one.id) or {}
  local from = one.heldAt or before.heldAt or one.deadline or 0
  detach(seat)
  local hold = openHold(one.id, one.owner, from, one.deadline or before.deadline or from)
  if hold.owner ~= one.owner then
    return false
  end
  hold.heldAt = math.min(hold.heldAt, one.heldAt or hold.heldAt)
  keep(seat, one.id, hold, one.state)
  hold.deadline = one.deadline or hold.deadline
  return true
end

-- false: the hold is another owner's.
local function replace(seat, one)
  if one.state == HELD or one.state == PAYING then
    return claim(seat, one)
  end
  detach(seat)
  local whose = one.state == SOLD and one.owner or ''
  if whose ~= '' then
    ownerAt(whose).has = ownerAt(whose).has + 1
    touchedOwners[whose] = true
  end
  setSeat(seat, one.state, whose)
  return true
end
