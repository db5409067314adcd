-- Part seat-table: the seats' states, read on demand and written once at the end of the script, with
-- the counts, the two-bit map, the version and the notice that go with them.
-- NEEDS meta, seats, looks, notices
-- KEEPS free + held + paying + sold + withheld = all; the version counts visible changes, one each;
--       nothing is written before writeSeats, so a script that fails on its way changes nothing

local FREE, HELD, PAYING, SOLD, WITHHELD = 0, 1, 2, 3, 4
local lookOf = { [0] = 0, 1, 1, 2, 3 }
local seatCount, version, youngSince
local counts, records, changed, changes = {}, {}, {}, {}

-- guard: 'epoch', or 'building' while a restore writes. false: stale.
local function openSeats(guard)
  local known = redis.call('HMGET', meta, guard, 'seatCount', 'version', 'youngSince',
    'free', 'held', 'paying', 'sold', 'withheld', 'history')
  if known[1] ~= ARGV[1] or known[10] ~= history() then
    return false
  end
  seatCount, version = tonumber(known[2]), tonumber(known[3])
  youngSince = tonumber(known[4] or nil)
  for state = FREE, WITHHELD do
    counts[state] = tonumber(known[5 + state])
  end
  return true
end

local function fetchSeats(numbers)
  for from = 1, #numbers, 4000 do
    local to = math.min(from + 3999, #numbers)
    local found = redis.call('HMGET', seats, unpack(numbers, from, to))
    for nth = from, to do
      records[numbers[nth]] = found[nth - from + 1]
    end
  end
end

-- The state digit and whose it is (hold or owner); false when free.
local function seatAt(seat)
  if records[seat] == nil then
    records[seat] = redis.call('HGET', seats, seat)
  end
  return records[seat]
end

local function stateAt(seat)
  local record = seatAt(seat)
  return record and record:byte(1) - 48 or FREE
end

local function setSeat(seat, state, whose)
  local was = stateAt(seat)
  records[seat] = state ~= FREE and (state .. whose)
  changed[seat] = true
  if was == state then
    return
  end
  counts[was] = counts[was] - 1
  counts[state] = counts[state] + 1
  if lookOf[was] ~= lookOf[state] then
    version = version + 1
    changes[#changes + 1] = seat * 4 + lookOf[state]
  end
end

-- "version change,change,…", a change being seat × 4 + look: at most 10,000 in one notice.
local function tellChanges()
  local before = version - #changes
  for from = 1, #changes, 10000 do
    local to = math.min(from + 9999, #changes)
    local told = exact(before + to) .. ' ' .. table.concat(changes, ',', from, to)
    redis.call('SPUBLISH', notices, told)
  end
end

local function writeSeats(isTold)
  local taken, freed, bits = {}, {}, {}
  for seat in pairs(changed) do
    local record = records[seat]
    if record then
      taken[#taken + 1] = seat
      taken[#taken + 1] = record
    else
      freed[#freed + 1] = seat
    end
    -- Bitfields count from the high bit of a byte, the map from the low one.
    bits[#bits + 1] = 'SET'
    bits[#bits + 1] = 'u2'
    bits[#bits + 1] = seat * 2 + 6 - 4 * (seat % 4)
    bits[#bits + 1] = lookOf[stateAt(seat)]
  end
  if #bits == 0 then
    return
  end
  forMany('HSET', seats, taken)
  forMany('HDEL', seats, freed)
  forMany('BITFIELD', looks, bits)
  redis.call('HSET', meta, 'version', version, 'free', counts[FREE], 'held', counts[HELD],
    'paying', counts[PAYING], 'sold', counts[SOLD], 'withheld', counts[WITHHELD])
  if isTold then
    tellChanges()
  end
  changed, changes = {}, {}
end
