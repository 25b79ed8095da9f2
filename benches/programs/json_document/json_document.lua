-- JSON: a generated document is parsed, walked and printed again, several times over. Lua has no JSON in its library,
-- so the parser and the printer are part of the program.

local ITEMS = 3000
local ROUNDS = 10
local COLOURS = { "red", "green", "blue", "black" }

local null = setmetatable({}, { __tostring = function() return "null" end })

local ESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", ['"'] = '"', ["\\"] = "\\", ["/"] = "/" }
local ESCAPED = {
  ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", ['"'] = '\\"', ["\\"] = "\\\\",
}

local find, sub, byte = string.find, string.sub, string.byte
local QUOTE, COMMA, COLON = byte('"'), byte(","), byte(":")
local OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET = byte("{"), byte("}"), byte("["), byte("]")

local function skip_space(text, at)
  return find(text, "[^ \t\r\n]", at) or #text + 1
end

local function fail(at, wanted)
  error(string.format("JSON: %s expected at %d", wanted, at), 0)
end

local function parse_string(text, at)
  local start = at + 1
  local stop = find(text, '["\\]', start)
  if stop and byte(text, stop) == QUOTE then
    return sub(text, start, stop - 1), stop + 1
  end
  local parts = {}
  while stop do
    parts[#parts + 1] = sub(text, start, stop - 1)
    if byte(text, stop) == QUOTE then
      return table.concat(parts), stop + 1
    end
    local escape = ESCAPES[sub(text, stop + 1, stop + 1)]
    if not escape then
      fail(stop, "an escape")
    end
    parts[#parts + 1] = escape
    start = stop + 2
    stop = find(text, '["\\]', start)
  end
  fail(at, "a closing quote")
end

local parse_value

local function parse_array(text, at)
  local result, count = {}, 0
  at = skip_space(text, at + 1)
  if byte(text, at) == CLOSE_BRACKET then
    return result, at + 1
  end
  while true do
    count = count + 1
    result[count], at = parse_value(text, at)
    at = skip_space(text, at)
    local c = byte(text, at)
    if c == CLOSE_BRACKET then
      return result, at + 1
    elseif c ~= COMMA then
      fail(at, "',' or ']'")
    end
    at = skip_space(text, at + 1)
  end
end

local function parse_object(text, at)
  local result = {}
  at = skip_space(text, at + 1)
  if byte(text, at) == CLOSE_BRACE then
    return result, at + 1
  end
  while true do
    if byte(text, at) ~= QUOTE then
      fail(at, "a key")
    end
    local key
    key, at = parse_string(text, at)
    at = skip_space(text, at)
    if byte(text, at) ~= COLON then
      fail(at, "':'")
    end
    result[key], at = parse_value(text, skip_space(text, at + 1))
    at = skip_space(text, at)
    local c = byte(text, at)
    if c == CLOSE_BRACE then
      return result, at + 1
    elseif c ~= COMMA then
      fail(at, "',' or '}'")
    end
    at = skip_space(text, at + 1)
  end
end

function parse_value(text, at)
  local c = byte(text, at)
  if c == QUOTE then
    return parse_string(text, at)
  elseif c == OPEN_BRACE then
    return parse_object(text, at)
  elseif c == OPEN_BRACKET then
    return parse_array(text, at)
  elseif sub(text, at, at + 3) == "true" then
    return true, at + 4
  elseif sub(text, at, at + 4) == "false" then
    return false, at + 5
  elseif sub(text, at, at + 3) == "null" then
    return null, at + 4
  end
  local _, stop = find(text, "^-?%d+%.?%d*[eE]?[+-]?%d*", at)
  if not stop then
    fail(at, "a value")
  end
  return tonumber(sub(text, at, stop)), stop + 1
end

local function parse(text)
  local result, at = parse_value(text, skip_space(text, 1))
  if skip_space(text, at) <= #text then
    fail(at, "the end")
  end
  return result
end

local function write_string(text, out)
  out[#out + 1] = '"'
  out[#out + 1] = text:gsub('[%c"\\]', ESCAPED)
  out[#out + 1] = '"'
end

local function write(value, out)
  local kind = type(value)
  if kind == "string" then
    write_string(value, out)
  elseif kind == "number" then
    out[#out + 1] = string.format(value % 1 == 0 and "%d" or "%.14g", value)
  elseif kind ~= "table" or value == null then
    out[#out + 1] = tostring(value)
  elseif value[1] ~= nil then
    out[#out + 1] = "["
    for i, element in ipairs(value) do
      if i > 1 then
        out[#out + 1] = ","
      end
      write(element, out)
    end
    out[#out + 1] = "]"
  else
    out[#out + 1] = "{"
    local separator = ""
    for key, member in pairs(value) do
      out[#out + 1] = separator
      write_string(key, out)
      out[#out + 1] = ":"
      write(member, out)
      separator = ","
    end
    out[#out + 1] = "}"
  end
end

local function stringify(value)
  local out = {}
  write(value, out)
  return table.concat(out)
end

local state = 42
local function draw(limit)
  state = state * 48271 % 2147483647
  return state % limit
end

local function make_item(id)
  local price = draw(1000) .. "." .. 25 + 50 * draw(2)
  local active = draw(2) == 0
  local first = COLOURS[draw(4) + 1]
  local second = COLOURS[draw(4) + 1]
  local parent = "null"
  if id % 3 ~= 0 then
    parent = string.format('{"id":%d,"depth":%d}', math.floor(id / 3), draw(9))
  end
  return string.format(
    '{"id":%d,"name":"item \\"%d\\"","price":%s,"active":%s,"tags":["%s","%s"],"parent":%s,"note":"line %d\\nend\\\\"}',
    id, id, price, tostring(active), first, second, parent, id)
end

local function make_document()
  local items = {}
  for id = 0, ITEMS - 1 do
    items[id + 1] = make_item(id)
  end
  return '{"version":3,"title":"catalogue","items":[' .. table.concat(items, ",") .. "]}"
end

local function walk(document)
  local total = 0
  for _, item in ipairs(document.items) do
    if item.active then
      total = total + item.id
    end
    total = total + item.price * 4
    for _, tag in ipairs(item.tags) do
      total = total + #tag
    end
  end
  return total
end

-- Does not depend on the order of an object's members.
local function byte_sum(text)
  local sum = 0
  for i = 1, #text do
    sum = sum + byte(text, i)
  end
  return sum
end

local text = make_document()
local total = 0
for _ = 1, ROUNDS do
  local document = parse(text)
  total = total + walk(document)
  text = stringify(document)
end
print(string.format("total %d, length %d, byte sum %d", total, #text, byte_sum(text)))
