-- Tables with integer keys: counting, looking up (half of the keys are absent), removing, walking.

local UPDATES = 3000000
local KEYS = 200000
local SPREAD = 7919

local state = 42
local function draw(limit)
  state = state * 48271 % 2147483647
  return state % limit
end

local counts = {}
for _ = 1, UPDATES do
  local key = draw(KEYS) * SPREAD
  counts[key] = (counts[key] or 0) + 1
end

local found = 0
for _ = 1, UPDATES do
  local n = counts[draw(2 * KEYS) * SPREAD]
  if n then
    found = found + n
  end
end

for i = 0, math.floor(KEYS / 3) - 1 do
  counts[3 * i * SPREAD] = nil
end

local left, checksum = 0, 0
for key, n in pairs(counts) do
  left = left + 1
  checksum = checksum + key % 1009 * n
end
print(string.format("found %d, left %d, checksum %d", found, left, checksum))
