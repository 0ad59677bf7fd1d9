-- Adding, asking, keeping.

local function fill(key)
  local f = bloom_filter.new(1000, 0.01)
  for i = 1, 950 do same(f:add(key(i)), true, "add " .. i) end
  same(f:count(), 950)
  for i = 1, 950 do
    same(f:query(key(i)), true, "query " .. i)
    same(f:add(key(i)), false, "add again " .. i)
  end
  same(f:count(), 950)
  local wrong = 0
  for i = 1001, 11000 do if f:query(key(i)) then wrong = wrong + 1 end end
  same(wrong < 200, true, "wrong answers: " .. wrong)
  f:clear()
  same(f:count(), 0)
  same(f:query(key(1)), false)
end
fill(function(i) return i end)
fill(tostring)

-- a number and its text are two keys; a string may hold anything
f = bloom_filter.new(20, 0.01)
same(f:add(7), true)
same(f:query("7"), false)
same(f:add(""), true)
same(f:add("\0"), true)
same(f:add(string.rep("\255", 1000)), true)
same(f:add(0 / 0), true)

-- preservation
local text = preserve(f, '_G["f"]')
same(string.find(text, 'if _G["f"] == nil then _G["f"] = bloom_filter.new(20, 0.01) end\n_G["f"]:fromstring(5, "', 1, true), 1)
same(string.sub(text, -3), '")\n')
f = nil
assert(loadstring(text))()
same(f:count(), 5)
same(f:query(7), true)
same(f:query("7"), false)
same(preserve(f, '_G["f"]'), text)

-- every byte comes through
all = bloom_filter.new(1000, 0.01)
local bytes = {}
for i = 1, 1199 do bytes[i] = string.char((i * 7) % 256) end
bytes = string.sub(table.concat(bytes), 1, 1199)
all:fromstring(3, bytes)
local kept = preserve(all, "all")
all = nil
assert(loadstring(kept))()
same(preserve(all, "all"), kept)

-- the older form has no count
local g = bloom_filter.new(1000, 0.01)
for i = 1, 500 do g:add(i) end
h = bloom_filter.new(1000, 0.01)
local _, _, body = string.find(preserve(g, "h"), "^[^\n]*\n(.*)$")
assert(loadstring((string.gsub(body, "fromstring%(%d+, ", "fromstring(", 1))))()
same(h:query(500), true)
same(h:count() > 480 and h:count() < 520, true, "count " .. h:count())
g = bloom_filter.new(20, 0.01)
g:fromstring(string.rep("\255", 24))
same(g:count() > 20, true)
g:fromstring(string.rep("\0", 24))
same(g:count(), 0)

-- a probability that needs no more than a bit for each item still has a hash
g = bloom_filter.new(100, 0.99)
same(g:add("x"), true)
same(g:query("x"), true)

-- a probability with many digits is kept whole
p = bloom_filter.new(1000, 0.012345678901)
text = preserve(p, "p")
same(string.match(text, "new%((.-)%)"), "1000, 0.012345678901")
p = nil
assert(loadstring(text))()

same(type(bloom_filter.version()), "string")

local errors = {
  {"bloom_filter.new()", "bad argument #0 to 'new' (incorrect number of arguments)"},
  {"bloom_filter.new(2)", "bad argument #0 to 'new' (incorrect number of arguments)"},
  {"bloom_filter.new(2, 0.1, 1)", "bad argument #0 to 'new' (incorrect number of arguments)"},
  {"bloom_filter.new('x', 0.1)", "bad argument #1 to 'new' (number expected, got string)"},
  {"bloom_filter.new(2, nil)", "bad argument #2 to 'new' (number expected, got nil)"},
  {"bloom_filter.new(1, 0.1)", "bad argument #1 to 'new' (items must be > 1)"},
  {"bloom_filter.new(1.9, 0.1)", "bad argument #1 to 'new' (items must be > 1)"},
  {"bloom_filter.new(-1/0, 0.1)", "bad argument #1 to 'new' (items must be > 1)"},
  {"bloom_filter.new(0/0, 0.1)", "bad argument #1 to 'new' (items must be > 1)"},
  {"bloom_filter.new(2, 0)", "bad argument #2 to 'new' (probability must be between 0 and 1)"},
  {"bloom_filter.new(2, 1)", "bad argument #2 to 'new' (probability must be between 0 and 1)"},
  {"bloom_filter.new(2, 0/0)", "bad argument #2 to 'new' (probability must be between 0 and 1)"},
  {"f:add()", "bad argument #-1 to 'add' (incorrect number of arguments)"},
  {"f:add(1, 2)", "bad argument #-1 to 'add' (incorrect number of arguments)"},
  {"f:add({})", "bad argument #1 to 'add' (must be a string or number)"},
  {"f:add(nil)", "bad argument #1 to 'add' (must be a string or number)"},
  {"f:query(true)", "bad argument #1 to 'query' (must be a string or number)"},
  {"f:query()", "bad argument #-1 to 'query' (incorrect number of arguments)"},
  {"f:count(1)", "bad argument #-1 to 'count' (incorrect number of arguments)"},
  {"f:clear(1)", "bad argument #-1 to 'clear' (incorrect number of arguments)"},
  {"f.add(5, 1)", "bad argument #1 to 'add' (lsb.bloom_filter expected, got number)"},
  {"f.add()", "bad argument #1 to 'add' (lsb.bloom_filter expected, got no value)"},
  {"f:fromstring(1, 'xx')", "fromstring() bytes found: 2, expected 24"},
  {"f:fromstring('')", "fromstring() bytes found: 0, expected 24"},
  {"f:fromstring({})", "bad argument #1 to 'fromstring' (string expected, got table)"},
  {"f:fromstring({}, 'x')", "bad argument #1 to 'fromstring' (number expected, got table)"},
  {"f:fromstring(1, 2)", "bad argument #2 to 'fromstring' (string expected, got number)"},
  {"f:fromstring(-1, 'x')", "bad argument #1 to 'fromstring' (count is out of range)"},
  {"f:fromstring()", "bad argument #-1 to 'fromstring' (incorrect number of arguments)"},
}
for _, c in ipairs(errors) do fails(c[2], c[1]) end
same(f:query(7), true, "the filter is as it was")
