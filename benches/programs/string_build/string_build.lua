-- String building: two long strings, by concatenating tables of pieces, as appending in a loop is quadratic.

local PIECES = 700000
local STRIDE = 7

local state = 42
local function draw(limit)
  state = state * 48271 % 2147483647
  return state % limit
end

local function appended()
  local parts = {}
  for i = 0, PIECES - 1 do
    parts[#parts + 1] = i .. ":" .. draw(1000) .. ";"
  end
  return table.concat(parts)
end

local function joined()
  local parts = {}
  for _ = 1, PIECES do
    parts[#parts + 1] = "p" .. draw(100)
  end
  return table.concat(parts, ", ")
end

local function checksum(text)
  local sum = 0
  for i = 1, #text, STRIDE do
    sum = (sum * 31 + text:byte(i)) % 1000003
  end
  return sum
end

local first = appended()
local second = joined()
print(string.format("lengths %d and %d, checksums %d and %d", #first, #second, checksum(first), checksum(second)))
