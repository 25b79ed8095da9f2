-- Closures: map, filter and reduce over a million elements, each step making its table.

local SIZE = 1000000
local ROUNDS = 5

local function map(values, f)
  local result = {}
  for i = 1, #values do
    result[i] = f(values[i])
  end
  return result
end

local function filter(values, f)
  local result, count = {}, 0
  for i = 1, #values do
    local value = values[i]
    if f(value) then
      count = count + 1
      result[count] = value
    end
  end
  return result
end

local function reduce(values, start, f)
  local result = start
  for i = 1, #values do
    result = f(result, values[i])
  end
  return result
end

local values = {}
for i = 0, SIZE - 1 do
  values[i + 1] = i
end
local checksum = 0
for round = 1, ROUNDS do
  local mapped = map(values, function(x) return x * round + 3 end)
  local kept = filter(mapped, function(x) return x % 7 < round end)
  checksum = checksum + reduce(kept, 0, function(sum, x) return (sum + x) % 1000000007 end)
end
print(string.format("checksum %d", checksum))
