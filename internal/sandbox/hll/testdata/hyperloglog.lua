-- Counting, uniting, keeping.

local h = hyperloglog.new()
same(h:count(), 0)
for i = 0, 99999 do h:add(i) end
same(h:count(), 100070)
same(hyperloglog.count(h), 100070)

local function range(from, to)
  local h = hyperloglog.new()
  for i = from, to do h:add(string.format("%08d", i)) end
  return h
end
local low, high, top = range(1, 50000), range(50001, 100000), range(100001, 110000)
same(range(1, 110000):count(), 110505)
same(low:count(), 49932)
same(hyperloglog.count(low, top), 59872)
same(high:count(), 50151)
same(hyperloglog.count(low, top, high), 110383)
same(low:count(), 49932, "count changes nothing")
local union = hyperloglog.new()
same(union:merge(low), union)
same(union:merge(top):merge(high):count(), 110505, "a merge is exact")
same(union:merge(union):count(), 110505)
union:clear()
same(union:count(), 0)
same(tostring(union), tostring(hyperloglog.new()))

-- few keys are counted exactly
h:clear()
for i = 1, 10 do same(h:add(i), true) end
for i = 1, 10 do same(h:add(i), false) end
same(h:count(), 10)
same(h:add("1"), true)
same(h:count(), 11)

-- the data
h:clear()
local data = tostring(h)
same(#data, 12304)
same(data, "HYLL" .. string.rep("\0", 12300))
same(output(h), data)
h:add("a")
data = tostring(h)
same(string.byte(data, 16), 128, "the count is out of date")
same(h:count(), 1)
same(string.sub(tostring(h), 9, 16), "\1\0\0\0\0\0\0\0", "the count is kept")
local copy = hyperloglog.new()
copy:fromstring(data)
same(tostring(copy), data)
same(copy:count(), 1)
same(copy:add("a"), false)

-- preservation
kept = low
local text = preserve(kept, '_G["kept"]')
same(string.find(text, 'if _G["kept"] == nil then _G["kept"] = hyperloglog.new() end\n_G["kept"]:fromstring("HYLL', 1, true), 1)
kept = nil
assert(loadstring(text))()
same(kept:count(), 49932)
same(tostring(kept), tostring(low))
same(preserve(kept, '_G["kept"]'), text)

same(type(hyperloglog.version()), "string")

h = hyperloglog.new()
x = h
local errors = {
  {"hyperloglog.new(1)", "bad argument #0 to 'new' (incorrect number of arguments)"},
  {"hyperloglog.count()", "bad argument #0 to 'count' (incorrect number of arguments)"},
  {"hyperloglog.count(x, 5)", "bad argument #2 to 'count' (lsb.hyperloglog expected, got number)"},
  {"x:add()", "bad argument #-1 to 'add' (incorrect number of arguments)"},
  {"x:add({})", "bad argument #1 to 'add' (must be a string or number)"},
  {"x:add(1, 2)", "bad argument #-1 to 'add' (incorrect number of arguments)"},
  {"x.add(1, 2)", "bad argument #1 to 'add' (lsb.hyperloglog expected, got number)"},
  {"x:count(1)", "bad argument #-1 to 'count' (incorrect number of arguments)"},
  {"x:clear(1)", "bad argument #-1 to 'clear' (incorrect number of arguments)"},
  {"x:merge()", "bad argument #-1 to 'merge' (incorrect number of arguments)"},
  {"x:merge('x')", "bad argument #1 to 'merge' (lsb.hyperloglog expected, got string)"},
  {"x:fromstring()", "bad argument #-1 to 'fromstring' (incorrect number of arguments)"},
  {"x:fromstring({})", "bad argument #1 to 'fromstring' (string expected, got table)"},
  {"x:fromstring('HYLL')", "fromstring() bytes found: 4, expected 12304"},
  {"x:fromstring('HYLX\\0' .. string.rep('\\0', 12299))", "fromstring() HYLL header not found"},
  {"x:fromstring('HYLL\\1' .. string.rep('\\0', 12299))", "fromstring() invalid encoding"},
}
for _, c in ipairs(errors) do fails(c[2], c[1]) end
