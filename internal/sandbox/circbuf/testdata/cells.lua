-- Time and cells.

local nan, inf = 0 / 0, 1 / 0
local cb = circular_buffer.new(2, 1, 1)
same(cb:current_time(), 1e9)
same(cb:get(0, 1), nan)
same(cb:set(0, 1, 1), 1)
same(cb:add(0, 1, nan), nan)
cb:fromstring("1 1 nan 99")
same(cb:get(0, 1), nan)
same(cb:get(1e9, 1), 99)

-- rounding down to the row
cb = circular_buffer.new(10, 2, 60)
local r, c, s = cb:get_configuration()
same(r, 10) same(c, 2) same(s, 60)
same(cb:current_time(), 540e9)
cb:add(59999999999, 1, 1)
same(cb:get(0, 1), 1)
same(cb:get(60e9, 1), nan)
cb:add(60e9, 1.9, 2)
same(cb:get(119e9, 1), 2)

-- the window moves forward only, and what it uncovers is empty
cb = circular_buffer.new(3, 1, 1)
for i = 0, 2 do cb:set(i * 1e9, 1, i) end
same(cb:add(4e9, 1, 4), 4)
same(cb:current_time(), 4e9)
same(cb:get(1e9, 1), nil)
same(cb:get(2e9, 1), 2)
same(cb:get(3e9, 1), nan)
same(cb:get(4e9, 1), 4)
same(cb:get(5e9, 1), nil)
same(cb:current_time(), 4e9, "get moves nothing")
same(cb:add(1e9, 1, 1), nil)
same(cb:set(1e9, 1, 1), nil)
same(cb:set(100e9, 1, 7), 7)
same(cb:get(98e9, 1), nan)
same(cb:get(97e9, 1), nil)

-- times before 1970 are outside
same(cb:add(-1, 1, 1), nil)
same(cb:set(-1e9, 1, 1), nil)
same(cb:get(-inf, 1), nil)

-- a call that fails has moved the window already
pcall(cb.set, cb, 200e9, 5, 1)
same(cb:current_time(), 200e9)
pcall(cb.add, cb, 201e9, 1, "x")
same(cb:current_time(), 201e9)

-- aggregation of set
cb = circular_buffer.new(2, 4, 1)
for i, a in ipairs{"sum", "min", "max", "none"} do same(cb:set_header(i, a, nil, a), i) end
local want = {{5, 3, 4}, {5, 3, 3}, {5, 5, 5}, {5, 3, 4}}
for i = 1, 4 do
  same(cb:set(0, i, 5), want[i][1], "column " .. i)
  same(cb:set(0, i, 3), want[i][2], "column " .. i)
  same(cb:set(0, i, 4), want[i][3], "column " .. i)
end
for i = 1, 4 do same(cb:add(0, i, 10), want[i][3] + 10, "add adds whatever the aggregation") end
for i, v in ipairs{nan, 13, 15, nan} do same(cb:set(0, i, nan), v, "column " .. i) end

-- headers
cb = circular_buffer.new(2, 3, 1)
local name, unit, agg = cb:get_header(3)
same(name, "Column_3") same(unit, "count") same(agg, "sum")
cb:set_header(1, 'a"b\\c d/e*f-ghijklmn', 'k"/*s\2xyz', "max")
name, unit, agg = cb:get_header(1)
same(name, "a_b_c_d_e_f_ghi") same(unit, "k_/*s_x") same(agg, "max")
cb:set_header(1, "x", "y")
name, unit, agg = cb:get_header(1)
same(name, "x") same(unit, "y") same(agg, "sum")
cb:set_header(1, "")
same(cb:get_header(1), "")
