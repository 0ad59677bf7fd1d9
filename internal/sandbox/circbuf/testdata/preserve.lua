-- The text that keeps a buffer over a restart.

local nan, inf = 0 / 0, 1 / 0

data = circular_buffer.new(3, 3, 1)
same(preserve(data, '_G["dataRef"]'),
  'if _G["dataRef"] == nil then _G["dataRef"] = circular_buffer.new(3, 3, 1) end\n' ..
  '_G["dataRef"]:set_header(1, "Column_1", "count", "sum")\n' ..
  '_G["dataRef"]:set_header(2, "Column_2", "count", "sum")\n' ..
  '_G["dataRef"]:set_header(3, "Column_3", "count", "sum")\n' ..
  '_G["dataRef"]:fromstring("2 2 nan nan nan nan nan nan nan nan nan")\n')

delta = circular_buffer.new(2, 1, 1, true)
delta:add(0, 1, 2)
local text = preserve(delta, '_G["delta"]')
same(text, 'if _G["delta"] == nil then _G["delta"] = circular_buffer.new(2, 1, 1, true) end\n' ..
  '_G["delta"]:set_header(1, "Column_1", "count", "sum")\n_G["delta"]:fromstring("1 1 2 nan 0 2")\n')
same(preserve(delta, '_G["delta"]'), text, "preserving keeps the changes")
delta = nil
assert(loadstring(text))()
same(output(delta:format("cbufd")), '{"time":0,"rows":2,"columns":1,"seconds_per_row":1,"column_info":[{"name":"Column_1","unit":"count","aggregation":"sum"}]}\n0\t2\n')

-- an existing buffer is filled, and its headers are those of the text
local cb = circular_buffer.new(3, 2, 60)
cb:set_header(1, "a b", "B/s", "max")
for i = 0, 7 do cb:set(i * 60e9, 1, i / 3) cb:set(i * 60e9, 2, 1e-9 * i) end
cb:add(7 * 60e9, 2, inf)
text = preserve(cb, "other")
other = circular_buffer.new(3, 2, 60)
assert(loadstring(text))()
for t = 5, 7 do
  for c = 1, 2 do same(other:get(t * 60e9, c), cb:get(t * 60e9, c)) end
end
same(other:get_header(1), "a_b")
same(preserve(other, "other"), text)

-- other dimensions are an error
other = circular_buffer.new(4, 2, 60)
local ok, err = pcall(assert(loadstring(text)))
same(ok, false)
same(string.find(err, "fromstring() too few values: 6, expected 8", 1, true) ~= nil, true, err)
other = circular_buffer.new(2, 2, 60)
ok, err = pcall(assert(loadstring(text)))
same(string.find(err, "fromstring() too many values, more than: 4", 1, true) ~= nil, true, err)

-- a change of zero is told from no change; both are zero for 0.10
d = circular_buffer.new(2, 3, 1, true)
d:set_header(2, "m", "count", "min")
d:set(0, 2, 0)
d:add(0, 3, nan)
text = preserve(d, "d")
same(string.match(text, 'fromstring%("(.*)"%)'), "1 1 nan 0 nan nan nan nan 0 0 -0 nan")
d = nil
assert(loadstring(text))()
same(preserve(d, "d"), text)
same(string.match(output(d:format("cbufd")), "\n(.*)\n$"), "0\tnan\t0\tnan")

-- texts of 0.10: a window that begins before 1970, other spellings, changes outside of the window
cb = circular_buffer.new(3, 1, 1)
cb:fromstring("0 0 7 8 9")
same(cb:get(0, 1), 7)
same(cb:current_time(), 0)
same(string.match(output(cb), '"time":(-?%d+)'), "-2")
same((cb:compute("sum", 1)), 7)
cb:add(2e9, 1, 1)
same(cb:get(0, 1), 7)
same(output(cb):match("\n(.*)$"), "7\nnan\n1\n")
cb:fromstring("  5 2\t1e3 -INF\n0x10  ")
same(cb:get(3e9, 1), 1000)
same(cb:get(4e9, 1), -inf)
same(cb:get(5e9, 1), 16)
d = circular_buffer.new(2, 1, 1, true):format("cbufd")
d:fromstring("11 1 5 6 3 1 10 2 12 3 -7 4")
same(output(d):match("\n(.*)$"), "10\t2\n")
