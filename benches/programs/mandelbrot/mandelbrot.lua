-- Mandelbrot: the number of steps in which each point of a square grid escapes.

local SIZE = 600
local LIMIT = 300

local function escape_time(cr, ci)
  local zr, zi = 0.0, 0.0
  for step = 0, LIMIT - 1 do
    local zr2, zi2 = zr * zr, zi * zi
    if zr2 + zi2 > 4.0 then
      return step
    end
    zi = 2.0 * zr * zi + ci
    zr = zr2 - zi2 + cr
  end
  return LIMIT
end

local inside, steps = 0, 0
for y = 0, SIZE - 1 do
  local ci = 2.0 * y / SIZE - 1.0
  for x = 0, SIZE - 1 do
    local cr = 3.0 * x / SIZE - 2.0
    local time = escape_time(cr, ci)
    steps = steps + time
    if time == LIMIT then
      inside = inside + 1
    end
  end
end
print(string.format("inside %d, steps %d", inside, steps))
