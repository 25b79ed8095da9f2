-- Fannkuch: over all permutations of 0..SIZE, how often the prefix that the first element names can be reversed
-- until a 0 leads.

local SIZE = 9

local function count_flips(start)
  local deck = {}
  for i = 1, #start do
    deck[i] = start[i]
  end
  local flips = 0
  while deck[1] ~= 0 do
    local low, high = 1, deck[1] + 1
    while low < high do
      deck[low], deck[high] = deck[high], deck[low]
      low = low + 1
      high = high - 1
    end
    flips = flips + 1
  end
  return flips
end

-- The next permutation in place, given how many rotations of each prefix are left; false after the last one.
local function advance(deck, left)
  for last = 2, #deck do
    local first = deck[1]
    for i = 1, last - 1 do
      deck[i] = deck[i + 1]
    end
    deck[last] = first
    left[last] = left[last] - 1
    if left[last] > 0 then
      return true
    end
    left[last] = last
  end
  return false
end

local function fannkuch(size)
  local deck, left = {}, {}
  for i = 1, size do
    deck[i] = i - 1
    left[i] = i
  end
  local checksum, most, even = 0, 0, true
  repeat
    local flips = count_flips(deck)
    if flips > most then
      most = flips
    end
    checksum = checksum + (even and flips or -flips)
    even = not even
  until not advance(deck, left)
  return checksum, most
end

print(string.format("checksum %d, most flips %d", fannkuch(SIZE)))
