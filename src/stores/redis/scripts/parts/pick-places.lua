-- Part pick-places: the least free places of a standing area.
-- NEEDS looks
-- KEEPS a place already spoken for in this request is not picked again. Walks the map of the area,
--       a byte for four places: 1,250 steps for a nearly full area of 5,000

-- Adds up to `count` picks to `picks` and `spoken`; answers how many are missing.
local function pickPlaces(first, last, count, spoken, picks)
  local base = math.floor(first / 4)
  local map = count > 0 and redis.call('GETRANGE', looks, base, math.floor(last / 4)) or ''
  for nth = 1, #map do
    local byte = map:byte(nth)
    for place = 0, 3 do
      local seat = (base + nth - 1) * 4 + place
      local isFree = byte % 4 == 0 and seat >= first and seat <= last and not spoken[seat]
      byte = math.floor(byte / 4)
      if isFree then
        spoken[seat] = true
        picks[#picks + 1] = seat
        count = count - 1
        if count == 0 then
          return 0
        end
      end
    end
  end
  return count
end
