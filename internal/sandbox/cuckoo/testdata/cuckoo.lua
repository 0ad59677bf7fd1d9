-- Adding, asking, deleting, keeping.

local function fill(key, want)
  local f = cuckoo_filter.new(1000000)
  local added = 0
  for i = 1, 800000 do if f:add(key(i)) then added = added + 1 end end
  same(f:count(), want)
  same(added, want)
  for i = 1, 800000 do if not f:query(key(i)) then error(i .. " is forgotten") end end
end
fill(function(i) return i end, 799977)
fill(tostring, 799967)

f = cuckoo_filter.new(20)
same(f:add("a"), true)
same(f:add("a"), false)
same(f:count(), 1)
same(f:query("a"), true)
same(f:query("b"), false)
same(f:add(7), true)
same(f:query("7"), false)
same(f:add(""), true)
same(f:count(), 3)
same(f:delete("b"), false)
same(f:delete("a"), true)
same(f:delete("a"), false)
same(f:query("a"), false)
same(f:count(), 2)

-- preservation
local text = preserve(f, '_G["f"]')
same(string.find(text, 'if _G["f"] == nil then _G["f"] = cuckoo_filter.new(32) end\n_G["f"]:fromstring(2, "', 1, true), 1)
f = nil
assert(loadstring(text))()
same(f:count(), 2)
same(f:query(7), true)
same(f:query(""), true)
same(f:query("a"), false)
same(preserve(f, '_G["f"]'), text)
f:clear()
same(f:count(), 0)
same(f:query(7), false)

-- a slot is 2 bytes, the low one first; every byte comes through
local bytes = {}
for i = 0, 2047 do bytes[i + 1] = string.char((i * 7 + 3) % 256) end
all = cuckoo_filter.new(1024)
all:fromstring(1000, table.concat(bytes))
local kept = preserve(all, "all")
all = nil
assert(loadstring(kept))()
same(preserve(all, "all"), kept)

-- one bucket
one = cuckoo_filter.new(7)
for i = 1, 4 do same(one:add(i), true) end
local before = preserve(one, "one")
fails("the cuckoo filter is full", "one:add(5)")
same(preserve(one, "one"), before, "a full filter is left as it was")
for i = 1, 4 do same(one:query(i), true) end
one = nil
assert(loadstring(before))()
for i = 1, 4 do same(one:query(i), true) end
same(preserve(one, "one"), before)

-- many buckets that are full
full = cuckoo_filter.new(1024)
local n = 0
while pcall(full.add, full, n) do n = n + 1 end
same(n > 900, true, "full at " .. n)
for i = 0, n - 1 do same(full:query(i), true, i) end
for i = 0, 100 do full:delete(i) end
same(full:add("there is room again"), true)

same(type(cuckoo_filter.version()), "string")

f = cuckoo_filter.new(20)
local errors = {
  {"cuckoo_filter.new()", "bad argument #0 to 'new' (incorrect number of arguments)"},
  {"cuckoo_filter.new(5, 6)", "bad argument #0 to 'new' (incorrect number of arguments)"},
  {"cuckoo_filter.new({})", "bad argument #1 to 'new' (number expected, got table)"},
  {"cuckoo_filter.new(4)", "bad argument #1 to 'new' (items must be > 4)"},
  {"cuckoo_filter.new(4.9)", "bad argument #1 to 'new' (items must be > 4)"},
  {"cuckoo_filter.new(0/0)", "bad argument #1 to 'new' (items must be > 4)"},
  {"cuckoo_filter.new(-1/0)", "bad argument #1 to 'new' (items must be > 4)"},
  {"f:add()", "bad argument #-1 to 'add' (incorrect number of arguments)"},
  {"f:add(1, 2)", "bad argument #-1 to 'add' (incorrect number of arguments)"},
  {"f:add({})", "bad argument #1 to 'add' (must be a string or number)"},
  {"f:query(nil)", "bad argument #1 to 'query' (must be a string or number)"},
  {"f:delete(true)", "bad argument #1 to 'delete' (must be a string or number)"},
  {"f.delete(1, 1)", "bad argument #1 to 'delete' (lsb.cuckoo_filter expected, got number)"},
  {"f.count()", "bad argument #1 to 'count' (lsb.cuckoo_filter expected, got no value)"},
  {"f:count(1)", "bad argument #-1 to 'count' (incorrect number of arguments)"},
  {"f:clear(1)", "bad argument #-1 to 'clear' (incorrect number of arguments)"},
  {"f:fromstring('x')", "bad argument #-1 to 'fromstring' (incorrect number of arguments)"},
  {"f:fromstring(1, 'xx')", "fromstring() bytes found: 2, expected 64"},
  {"f:fromstring('x', 'xx')", "bad argument #1 to 'fromstring' (number expected, got string)"},
  {"f:fromstring(-1, 'xx')", "bad argument #1 to 'fromstring' (count is out of range)"},
  {"f:fromstring(1, {})", "bad argument #2 to 'fromstring' (string expected, got table)"},
}
for _, c in ipairs(errors) do fails(c[2], c[1]) end
