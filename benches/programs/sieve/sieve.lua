-- Sieve of Eratosthenes: one flat array of booleans.

local LIMIT = 8000000

local function primes_below(limit)
  local prime = {}
  for n = 1, limit - 1 do
    prime[n] = true
  end
  prime[1] = false
  local n = 2
  while n * n < limit do
    if prime[n] then
      for multiple = n * n, limit - 1, n do
        prime[multiple] = false
      end
    end
    n = n + 1
  end
  return prime
end

local prime = primes_below(LIMIT)
local count, largest = 0, 0
for n = 1, LIMIT - 1 do
  if prime[n] then
    count = count + 1
    largest = n
  end
end
print(string.format("%d primes below %d, the largest %d", count, LIMIT, largest))
