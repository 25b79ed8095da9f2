-- Word count: a generated text is split into lines and words, the words counted and ranked.

local WORDS = 1500000
local VOCABULARY = 8000
local WORDS_PER_LINE = 12
local SHOWN = 10
local SYLLABLES = { "ba", "co", "du", "fe", "gi", "ka", "lo", "mu", "ne", "pi", "ra", "so", "tu", "ve", "zi" }

local state = 42
local function draw(limit)
  state = state * 48271 % 2147483647
  return state % limit
end

local function make_word()
  local word = ""
  for _ = 1, 2 + draw(3) do
    word = word .. SYLLABLES[draw(#SYLLABLES) + 1]
  end
  return word
end

-- The smaller of two draws makes early words more frequent, as in real text.
local function make_text()
  local vocabulary = {}
  for i = 1, VOCABULARY do
    vocabulary[i] = make_word()
  end
  local parts = {}
  for i = 1, WORDS do
    local a = draw(VOCABULARY)
    local b = draw(VOCABULARY)
    parts[#parts + 1] = vocabulary[(a < b and a or b) + 1]
    parts[#parts + 1] = i % WORDS_PER_LINE == 0 and "\n" or " "
  end
  return table.concat(parts)
end

local function count_words(text)
  local counts = {}
  for line in text:gmatch("[^\n]+") do
    for word in line:gmatch("[^ ]+") do
      counts[word] = (counts[word] or 0) + 1
    end
  end
  return counts
end

local counts = count_words(make_text())
local ranked, total = {}, 0
for word, n in pairs(counts) do
  ranked[#ranked + 1] = { word, n }
  total = total + n
end
table.sort(ranked, function(a, b)
  if a[2] ~= b[2] then return a[2] > b[2] end
  return a[1] < b[1]
end)
print(string.format("%d words, %d different", total, #ranked))
for i = 1, SHOWN do
  print(string.format("%s %d", ranked[i][1], ranked[i][2]))
end
