-- Binary trees: many short-lived complete trees of several depths beside one that lives on.

local MIN_DEPTH = 4
local MAX_DEPTH = 16

local function grow(depth)
  if depth == 0 then
    return {}
  end
  return { left = grow(depth - 1), right = grow(depth - 1) }
end

local function count(tree)
  local total = 1
  if tree.left then
    total = total + count(tree.left)
  end
  if tree.right then
    total = total + count(tree.right)
  end
  return total
end

print(string.format("stretch tree of depth %d: %d nodes", MAX_DEPTH + 1, count(grow(MAX_DEPTH + 1))))
local long_lived = grow(MAX_DEPTH)
for depth = MIN_DEPTH, MAX_DEPTH, 4 do
  local trees = 2 ^ (MAX_DEPTH - depth + MIN_DEPTH)
  local nodes = 0
  for _ = 1, trees do
    nodes = nodes + count(grow(depth))
  end
  print(string.format("%d trees of depth %d: %d nodes", trees, depth, nodes))
end
print(string.format("long-lived tree of depth %d: %d nodes", MAX_DEPTH, count(long_lived)))
