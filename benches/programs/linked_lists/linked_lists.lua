-- Linked lists: singly linked chains built, reversed in place, thinned out and summed.

local SIZE = 10000
local ROUNDS = 250

local function build(size)
  local head = nil
  for value = 0, size - 1 do
    head = { value = value, next = head }
  end
  return head
end

local function reverse(chain)
  local rest, reversed = chain, nil
  while rest do
    local node = rest
    rest = node.next
    node.next = reversed
    reversed = node
  end
  return reversed
end

-- Drops every node but the first whose value divides by three.
local function thin_out(head)
  local last = head
  while last.next do
    local node = last.next
    if node.value % 3 == 0 then
      last.next = node.next
    else
      last = node
    end
  end
end

local function sum(chain)
  local total = 0
  local rest = chain
  while rest do
    total = total + rest.value
    rest = rest.next
  end
  return total
end

local checksum = 0
for round = 1, ROUNDS do
  local chain = reverse(build(SIZE))
  checksum = checksum + sum(chain) * round
  if chain then
    thin_out(chain)
  end
  checksum = checksum + sum(reverse(chain))
end
print(string.format("checksum %d", checksum))
