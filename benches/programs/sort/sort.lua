-- Sorting records with a comparison that the program supplies.

local SIZE = 300000

local state = 42
local function draw(limit)
  state = state * 48271 % 2147483647
  return state % limit
end

-- By group, then from the highest score down, then by id, so that no two records are equal.
local function before(a, b)
  if a.group ~= b.group then
    return a.group < b.group
  elseif a.score ~= b.score then
    return a.score > b.score
  end
  return a.id < b.id
end

local records = {}
for id = 0, SIZE - 1 do
  records[id + 1] = { id = id, group = draw(100), score = draw(10000) / 16.0 }
end
table.sort(records, before)
local checksum = 0
for i = 1, SIZE do
  checksum = (checksum + records[i].id * i) % 1000000007
end
print(string.format("first %d, last %d, checksum %d", records[1].id, records[SIZE].id, checksum))
