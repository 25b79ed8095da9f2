-- Recursive Fibonacci: the cost of a call.

local SIZE = 36

local function fib(n)
  if n < 2 then return n end
  return fib(n - 1) + fib(n - 2)
end

print(string.format("fib(%d) = %d", SIZE, fib(SIZE)))
