-- Part take-seats: one request, all of its seats or none of them.
-- NEEDS seats, looks, holds, owners
-- KEEPS look at everything first, then write; a seat asked for by number is not given again as an
--       area's place; nothing reaches Redis before the script writes

-- Those asked for that the owner does not hold already, and those of them that others have.
local function sortOut(request)
  local wanted, taken, spoken = {}, {}, {}
  local mayOwn = #ownerAt(request.owner).holds > 0
  for _, seat in ipairs(request.seats) do
    local state = stateAt(seat)
    local isHeld = mayOwn and (state == HELD or state == PAYING)
    if not (isHeld and ownedBy(request.owner, seatAt(seat):sub(2))) then
      wanted[#wanted + 1] = seat
      spoken[seat] = true
      if state ~= FREE then
        taken[#taken + 1] = seat
      end
    end
  end
  return wanted, taken, spoken
end

local function takeSeats(request, at)
  local runningId, running = runningOf(request.owner)
  if running and running.paying > 0 then
    return { 'paying' }
  end
  local wanted, taken, spoken = sortOut(request)
  local has = ownerAt(request.owner).has
  if has + #wanted + request.places > request.limit then
    return { 'over-limit', request.limit, has }
  end
  local short = {}
  if #request.areas > 0 then
    -- The map in Redis must show what earlier requests of this call have taken.
    write(true)
  end
  for _, area in ipairs(request.areas) do
    if pickPlaces(area[1], area[2], area[3], spoken, wanted) > 0 then
      short[#short + 1] = area[1]
    end
  end
  if #taken > 0 or #short > 0 then
    local one = withList(withList({ 'taken' }, taken), short)
    one[#one + 1] = has
    return one
  end

  if not running and holdAt(request.holdId) then
    return { 'other-owner' }
  end
  table.sort(wanted)
  local id = runningId or request.holdId
  local hold = openHold(id, request.owner, at, at)
  hold.deadline = extended(hold, at, request.holdMs, request.maxHoldMs)
  for _, seat in ipairs(wanted) do
    keep(seat, id, hold, HELD)
  end
  return withHold(withList({ 'held' }, wanted), id, hold)
end
