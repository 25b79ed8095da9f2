-- Spectral norm of the infinite matrix a(i, j) = 1 / ((i + j) (i + j + 1) / 2 + i + 1), cut to SIZE rows,
-- by the power method.

local SIZE = 800
local ROUNDS = 10

local function element(i, j)
  return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1)
end

local function multiply(v, result)
  for i = 1, #v do
    local sum = 0.0
    for j = 1, #v do
      sum = sum + element(i - 1, j - 1) * v[j]
    end
    result[i] = sum
  end
end

local function multiply_transposed(v, result)
  for i = 1, #v do
    local sum = 0.0
    for j = 1, #v do
      sum = sum + element(j - 1, i - 1) * v[j]
    end
    result[i] = sum
  end
end

local function filled(value)
  local result = {}
  for i = 1, SIZE do
    result[i] = value
  end
  return result
end

local u, v, scratch = filled(1.0), filled(0.0), filled(0.0)
for _ = 1, ROUNDS do
  multiply(u, scratch)
  multiply_transposed(scratch, v)
  multiply(v, scratch)
  multiply_transposed(scratch, u)
end
local uv, vv = 0.0, 0.0
for i = 1, SIZE do
  uv = uv + u[i] * v[i]
  vv = vv + v[i] * v[i]
end
print(string.format("%.9f", math.sqrt(uv / vv)))
