-- Dynamic dispatch: two methods over an array that mixes five shapes.

local SHAPES = 1000
local ROUNDS = 10000
local PI = 3.141592653589793

local function class(methods)
  methods.__index = methods
  return methods
end

local Circle = class({})
function Circle:area() return PI * self.radius * self.radius end
function Circle:corners() return 0 end

local Square = class({})
function Square:area() return self.side * self.side end
function Square:corners() return 4 end

local Rectangle = class({})
function Rectangle:area() return self.width * self.height end
function Rectangle:corners() return 4 end

local Triangle = class({})
function Triangle:area() return 0.5 * self.base * self.height end
function Triangle:corners() return 3 end

local Diamond = class({})
function Diamond:area() return 0.5 * self.across * self.along end
function Diamond:corners() return 4 end

local state = 42
local function draw(limit)
  state = state * 48271 % 2147483647
  return state % limit
end

local function make_shape()
  local a = (1 + draw(100)) / 8.0
  local b = (1 + draw(100)) / 8.0
  local kind = draw(5)
  if kind == 0 then
    return setmetatable({ radius = a }, Circle)
  elseif kind == 1 then
    return setmetatable({ side = a }, Square)
  elseif kind == 2 then
    return setmetatable({ width = a, height = b }, Rectangle)
  elseif kind == 3 then
    return setmetatable({ base = a, height = b }, Triangle)
  end
  return setmetatable({ across = a, along = b }, Diamond)
end

local shapes = {}
for i = 1, SHAPES do
  shapes[i] = make_shape()
end
local total_area, total_corners = 0.0, 0
for _ = 1, ROUNDS do
  for _, shape in ipairs(shapes) do
    total_area = total_area + shape:area()
    total_corners = total_corners + shape:corners()
  end
end
print(string.format("area %.3f, corners %d", total_area, total_corners))
