-- Matrix product of two square matrices held as arrays of rows, the second one transposed first.

local SIZE = 400

local function generated(size, seed)
  local rows = {}
  local scale = seed / (size * size)
  for i = 0, size - 1 do
    local row = {}
    for j = 0, size - 1 do
      row[j + 1] = scale * ((i - j) * (i + j))
    end
    rows[i + 1] = row
  end
  return rows
end

local function transposed(matrix)
  local result = {}
  for j = 1, #matrix do
    local column = {}
    for i = 1, #matrix do
      column[i] = matrix[i][j]
    end
    result[j] = column
  end
  return result
end

local function dot(a, b)
  local sum = 0.0
  for i = 1, #a do
    sum = sum + a[i] * b[i]
  end
  return sum
end

local function product(a, b)
  local columns = transposed(b)
  local result = {}
  for i = 1, #a do
    local row, cells = a[i], {}
    for j = 1, #a do
      cells[j] = dot(row, columns[j])
    end
    result[i] = cells
  end
  return result
end

local result = product(generated(SIZE, 1.0), generated(SIZE, 2.0))
local trace = 0.0
for i = 1, SIZE do
  trace = trace + result[i][i]
end
print(string.format("centre %.9f, trace %.9f", result[SIZE / 2 + 1][SIZE / 2 + 1], trace))
