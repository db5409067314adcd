-- Part lapse-holds: a seat is free for everybody at its hold's deadline, not when somebody tidies up.
-- NEEDS deadlines, expired
-- KEEPS each expired hold is told once, also where a seat of it is taken by another at once

local mostExpired = 65536

local function lapse(at)
  local due = redis.call('ZRANGEBYSCORE', deadlines, '-inf', at)
  if #due == 0 then
    return
  end
  local ended = {}
  for _, id in ipairs(due) do
    local hold = holdAt(id)
    local told = { id, hold.owner }
    for nth, seat in ipairs(hold.seats) do
      told[2 + nth] = seat
    end
    ended[#ended + 1] = cmsgpack.pack(told)
    for nth = 3, #told do
      free(told[nth])
    end
  end
  forMany('RPUSH', expired, ended)
  -- The oldest go first if the sweeper never comes.
  redis.call('LTRIM', expired, -mostExpired, -1)
  write(true)
end
