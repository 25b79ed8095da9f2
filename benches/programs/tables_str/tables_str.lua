-- Tables with string keys: counting under keys made on the spot, then looking up with keys made before.

local UPDATES = 1000000
local KEYS = 40000
local ROUNDS = 60

local state = 42
local function draw(limit)
  state = state * 48271 % 2147483647
  return state % limit
end

local counts = {}
for _ = 1, UPDATES do
  local key = "item " .. draw(KEYS)
  counts[key] = (counts[key] or 0) + 1
end

local names = {}
for i = 0, KEYS - 1 do
  names[#names + 1] = "item " .. i * 2
end
local found = 0
for round = 0, ROUNDS - 1 do
  for _, name in ipairs(names) do
    local n = counts[name]
    if n then
      found = found + n * round
    end
  end
end

local keys, checksum = 0, 0
for name, n in pairs(counts) do
  keys = keys + 1
  checksum = checksum + #name * n
end
print(string.format("found %d, keys %d, checksum %d", found, keys, checksum))
