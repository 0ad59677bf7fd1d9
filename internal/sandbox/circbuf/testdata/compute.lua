-- compute and mannwhitneyu.

local nan, inf = 0 / 0, 1 / 0

local function computes(cb, f, from, to, want, rows)
  local v, n = cb:compute(f, 1, from, to)
  same(v, want, f)
  same(n, rows, f .. " rows")
end

local cb = circular_buffer.new(5, 1, 1)
for _, f in ipairs{"avg", "sd", "min", "max", "variance"} do computes(cb, f, nil, nil, nan, 0) end
computes(cb, "sum", nil, nil, 0, 0)
for i = 1, 4 do cb:set(i * 1e9, 1, i) end
computes(cb, "sum", nil, nil, 10, 4)
computes(cb, "avg", nil, nil, 2.5, 4)
computes(cb, "variance", nil, nil, 1.25, 4)
computes(cb, "sd", nil, nil, math.sqrt(1.25), 4)
computes(cb, "min", nil, nil, 1, 4)
computes(cb, "max", nil, nil, 4, 4)
computes(cb, "sum", 3e9, 4e9, 7, 2)
computes(cb, "avg", 3e9, 4e9, 3.5, 2)
computes(cb, "sd", 3e9, 4e9, 0.5, 2)
computes(cb, "sum", 3e9, nil, 7, 2)
computes(cb, "sum", nil, 2e9, 3, 2)
computes(cb, "sum", 11e9, 14e9, nil, 0)
computes(cb, "sum", 100e9, nil, nil, 0)
computes(cb, "sum", -5, 2e9, nil, 0)
computes(cb, "sum", 0, 5e9, nil, 0)
computes(cb, "sum", 3.5e9, 3.9e9, 3, 1)

-- extremes below zero
for i = 1, 4 do cb:set(i * 1e9, 1, -i) end
computes(cb, "max", nil, nil, -1, 4)
computes(cb, "min", nil, nil, -4, 4)
cb:set(1e9, 1, -inf)
computes(cb, "min", nil, nil, -inf, 4)
for i = 0, 4 do cb:set(i * 1e9, 1, inf) end
computes(cb, "min", nil, nil, inf, 5)

cb = circular_buffer.new(4, 1, 1)
cb:set(2e9, 1, 8)
cb:set(3e9, 1, 8)
computes(cb, "avg", nil, nil, 8, 2)
computes(cb, "sd", nil, nil, 0, 2)

-- over the end of the storage
cb = circular_buffer.new(4, 2, 1)
for i = 0, 9 do cb:set(i * 1e9, 1, i) cb:set(i * 1e9, 2, 100) end
computes(cb, "sum", nil, nil, 6 + 7 + 8 + 9, 4)
computes(cb, "sum", 7e9, 8e9, 15, 2)

-- mannwhitneyu
local values = {15309, 14092, 13661, 13412, 14205, 15042, 14142, 13820, 14917, 13953, 14320, 14472, 15133, 13790, 14539, 14129, 14363, 14202, 13841, 13610,
  13759, 14428, 14851, 13838, 13819, 14468, 14989, 15557, 14380, 13500, 14818, 14632, 13631, 14663, 14532, 14188, 14537, 14109, 13925, 15022}
cb = circular_buffer.new(41, 1, 1)
for i, v in ipairs(values) do cb:set(i * 1e9, 1, v) end

local function ranks(u, p, ...)
  local gotU, gotP = cb:mannwhitneyu(1, ...)
  same(gotU, u, "U")
  same(gotP and math.floor(gotP * 1e5), p, "p")
end
ranks(171, 22037, 1e9, 20e9, 21e9, 40e9)
ranks(171, 22037, 1e9, 20e9, 21e9, 40e9, true)
ranks(171, 21638, 1e9, 20e9, 21e9, 40e9, false)
ranks(400 - 171, 22037, 21e9, 40e9, 1e9, 20e9)
ranks(171, 22037, 1e9 + 5, 20.9e9, 21.5e9, 40e9 + 1) -- ends need not be those of rows
cb:set(40e9, 1, 15309)
ranks(168.5, 20084, 1e9, 20e9, 21e9, 40e9)
ranks(nil, nil, 1e9, 20e9, 21e9, 41e9)
ranks(nil, nil, -1, 20e9, 21e9, 40e9)
same(select("#", cb:mannwhitneyu(1, 1e9, 20e9, 21e9, 41e9)), 0)

cb = circular_buffer.new(10, 1, 1)
ranks(nil, nil, 0, 4e9, 5e9, 9e9)
for i = 0, 9 do cb:set(i * 1e9, 1, 3) end
ranks(nil, nil, 0, 4e9, 5e9, 9e9)
cb:set(0, 1, nan)
same((cb:mannwhitneyu(1, 0, 4e9, 5e9, 9e9)), 10, "NaN is the lowest")
same((cb:mannwhitneyu(1, 5e9, 9e9, 0, 4e9)), 15)
