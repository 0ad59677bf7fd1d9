-- The texts cbuf and cbufd.

local nan, inf = 0 / 0, 1 / 0

local function new(...)
  local cb = circular_buffer.new(3, 3, 1, ...)
  cb:set_header(1, "Add column")
  cb:set_header(2, "Set column", "count")
  cb:set_header(3, "Get column", "count", "sum")
  return cb
end

local function header(time, rows, columns, span, ...)
  local s = string.format('{"time":%d,"rows":%d,"columns":%d,"seconds_per_row":%d,"column_info":[', time, rows, columns, span)
  for i, info in ipairs{...} do
    if i > 1 then s = s .. "," end
    s = s .. string.format('{"name":"%s","unit":"%s","aggregation":"%s"}', unpack(info))
  end
  return s .. "]}\n"
end
local three = {{"Add_column", "count", "sum"}, {"Set_column", "count", "sum"}, {"Get_column", "count", "sum"}}

local function step(cb, ts)
  if cb:add(ts, 1, 1) then cb:set(ts, 3, cb:get(ts, 1)) end
  cb:set(ts, 2, 1)
end
local function six(cb)
  for _, ts in ipairs{0, 1e9, 1e9, 2e9, 2e9, 2e9} do step(cb, ts) end
end

local cb = new()
same(output(cb), '{"time":0,"rows":3,"columns":3,"seconds_per_row":1,"column_info":[{"name":"Add_column","unit":"count","aggregation":"sum"},' ..
  '{"name":"Set_column","unit":"count","aggregation":"sum"},{"name":"Get_column","unit":"count","aggregation":"sum"}]}\n' ..
  "nan\tnan\tnan\nnan\tnan\tnan\nnan\tnan\tnan\n")
six(cb)
same(output(cb), header(0, 3, 3, 1, unpack(three)) .. "1\t1\t1\n2\t1\t2\n3\t1\t3\n")
step(cb, 4e9)
same(output(cb), header(2, 3, 3, 1, unpack(three)) .. "3\t1\t3\nnan\tnan\tnan\n1\t1\t1\n")
step(cb, 10e9)
same(output(cb), header(8, 3, 3, 1, unpack(three)) .. "nan\tnan\tnan\nnan\tnan\tnan\n1\t1\t1\n")
same(cb:format("cbufd"), cb)
same(output(cb), "", "a buffer without deltas has no cbufd")
same(#output(circular_buffer.new(2, 1, 60)), 132)
same(#output(circular_buffer.new(2, 1, 6)), 131)

-- numbers
local one = circular_buffer.new(2, 1, 1)
for v, want in pairs{
  [1.2] = "1.2", [98] = "98", [0.12345678] = "0.12345678", [91.10001] = "91.10001", [1 / 3] = "0.33333333", [1e9] = "1000000000",
  [4294967296] = "4294967296", [2.5e-9] = "0", [1e18] = "1000000000000000000", [1.5e20] = "1.5e+20", [-1e-12] = "-0", [-1.5] = "-1.5",
  [0] = "0", [0.999999999] = "1", [1.999999999] = "2", [5e-9] = "0.00000001", [2147483647] = "2147483647",
  [2147483647.5] = "2147483647.5", [-2147483648] = "-2147483648", [-1e10] = "-10000000000", [0.5] = "0.5", [0.10000001] = "0.10000001",
  [1e-9] = "0", [1e300] = "1.0000000000000001e+300", [inf] = "inf", [-inf] = "-inf", [2 / 3] = "0.66666667",
} do
  one:set(0, 1, v)
  same(string.match(output(one), "\n([^\n]+)\n"), want)
end

-- deltas: the changes since the last cbufd
local function rows(cb, ...)
  local _, got = string.match(output(cb), "^([^\n]*\n)(.*)$")
  local want = table.concat({...}, "\n")
  same(got or "", want == "" and "" or (string.gsub(want, " ", "\t") .. "\n"))
end

cb = new(true):format("cbufd")
six(cb)
same(output(cb), header(0, 3, 3, 1, unpack(three)) .. "0\t1\t1\t1\n1\t2\t1\t2\n2\t3\t1\t3\n")
rows(cb)
same(cb:add(2e9, 1, nan), nan)
same(cb:set(2e9, 3, nan), nan)
rows(cb, "2 nan nan nan")
rows(cb)
cb:set(0, 1, inf)
cb:set(0, 1, inf)
cb:set(0, 2, -inf)
cb:add(0, 2, 1)
cb:set(0, 3, cb:get(0, 1))
rows(cb, "0 inf -inf inf")
cb:format("cbuf")
same(string.match(output(cb), '^{"time":0'), '{"time":0')

cb = circular_buffer.new(2, 2, 1, true)
cb:set_header(1, "Sum column", "count", "sum")
cb:set_header(2, "Min", "count", "min")
cb:format("cbufd")
cb:set(0, 1, 3) cb:set(0, 2, 6)
rows(cb, "0 3 6")
cb:set(0, 1, 5) cb:set(0, 2, 5)
rows(cb, "0 2 5")
cb:add(0, 1, 3) cb:add(0, 2, 3)
rows(cb, "0 3 8")
cb:add(0, 1, 1) cb:set(0, 1, nan) cb:add(0, 2, 1)
rows(cb, "0 nan 9")
cb:add(0, 1, 1) cb:add(0, 1, nan) cb:add(0, 2, 1)
rows(cb, "0 nan 10")
cb:add(0, 1, 1) cb:set(0, 2, nan)
rows(cb, "0 1 nan")
cb:add(0, 1, 1) cb:set(0, 2, 9) cb:add(0, 2, nan)
rows(cb, "0 1 nan")
cb:set(0, 1, 0) cb:set(0, 2, 0)
rows(cb, "0 -2 0")
cb:add(0, 1, 0) cb:add(0, 2, 0)
rows(cb)
cb:fromstring("1 1 1 2 3 4 0 3 4")
rows(cb, "0 3 4")

-- an extremum changes to its latest value, not to the sum of all
cb:set(1e9, 2, 3) cb:set(1e9, 2, 2) cb:set(1e9, 2, 2.5)
rows(cb, "1 nan 2")
-- rows that leave the window are forgotten
cb:add(0, 1, 1) cb:add(1e9, 1, 1) cb:add(2e9, 1, 1)
rows(cb, "1 1 nan", "2 1 nan")
cb:add(2e9, 1, 1) cb:add(9e9, 1, 7)
rows(cb, "9 7 nan")
-- the time of a row is that of its begin
cb = circular_buffer.new(3, 1, 60, true):format("cbufd")
cb:add(130e9, 1, 2)
rows(cb, "120 2")
