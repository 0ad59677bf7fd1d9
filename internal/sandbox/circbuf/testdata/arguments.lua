-- Calls that fail, with their errors.

cb = circular_buffer.new(2, 1, 1)
cb5 = circular_buffer.new(20, 1, 1)
local cases = {
  {"circular_buffer.new(2)", "bad argument #0 to 'new' (incorrect number of arguments)"},
  {"circular_buffer.new(2,1,1,true,5)", "bad argument #0 to 'new' (incorrect number of arguments)"},
  {"circular_buffer.new(nil,1,1)", "bad argument #1 to 'new' (number expected, got nil)"},
  {"circular_buffer.new(2,nil,1)", "bad argument #2 to 'new' (number expected, got nil)"},
  {"circular_buffer.new(2,1,nil)", "bad argument #3 to 'new' (number expected, got nil)"},
  {"circular_buffer.new('x',1,1)", "bad argument #1 to 'new' (number expected, got string)"},
  {"circular_buffer.new(1,1,1)", "bad argument #1 to 'new' (rows must be > 1)"},
  {"circular_buffer.new(1.9,1,1)", "bad argument #1 to 'new' (rows must be > 1)"},
  {"circular_buffer.new(-1e300,1,1)", "bad argument #1 to 'new' (rows must be > 1)"},
  {"circular_buffer.new(0/0,1,1)", "bad argument #1 to 'new' (rows must be > 1)"},
  {"circular_buffer.new(2,0,1)", "bad argument #2 to 'new' (columns must be > 0)"},
  {"circular_buffer.new(2,1,0)", "bad argument #3 to 'new' (seconds_per_row is out of range)"},
  {"circular_buffer.new(2,1,0.5)", "bad argument #3 to 'new' (seconds_per_row is out of range)"},

  {"cb:set(0,2,1)", "bad argument #2 to 'set' (column out of range)"},
  {"cb:set(0,0,1)", "bad argument #2 to 'set' (column out of range)"},
  {"cb:set(0,0/0,1)", "bad argument #2 to 'set' (column out of range)"},
  {"cb:set(0,nil,1)", "bad argument #2 to 'set' (number expected, got nil)"},
  {"cb:set(nil,1,1)", "bad argument #1 to 'set' (number expected, got nil)"},
  {"cb:set(0,1,nil)", "bad argument #3 to 'set' (number expected, got nil)"},
  {"cb:set(0,1,{})", "bad argument #3 to 'set' (number expected, got table)"},
  {"cb:set(0/0,1,1)", "bad argument #1 to 'set' (time is out of range)"},
  {"cb:add(1/0,1,1)", "bad argument #1 to 'add' (time is out of range)"},
  {"cb:get(1e300,1)", "bad argument #1 to 'get' (time is out of range)"},
  {"cb.get(1,1,1)", "bad argument #1 to 'get' (lsb.circular_buffer expected, got number)"},
  {"cb.get()", "bad argument #1 to 'get' (lsb.circular_buffer expected, got no value)"},
  {"cb.add(io.stdout,1,1,1)", "bad argument #1 to 'add' (lsb.circular_buffer expected, got userdata)"},
  {"cb:set(0)", "bad argument #-1 to 'set' (incorrect number of arguments)"},
  {"cb:add(0)", "bad argument #-1 to 'add' (incorrect number of arguments)"},
  {"cb:get(0)", "bad argument #-1 to 'get' (incorrect number of arguments)"},

  {"cb:compute(0)", "bad argument #-1 to 'compute' (incorrect number of arguments)"},
  {"cb:compute('func',1)", "bad argument #1 to 'compute' (invalid option 'func')"},
  {"cb:compute({},1)", "bad argument #1 to 'compute' (string expected, got table)"},
  {"cb:compute('sum',0)", "bad argument #2 to 'compute' (column out of range)"},
  {"cb:compute('sum',1,2e9,1e9)", "bad argument #4 to 'compute' (end must be >= start)"},
  {"cb:compute('sum',1,0/0)", "bad argument #3 to 'compute' (time is out of range)"},

  {"cb:format()", "bad argument #-1 to 'format' (incorrect number of arguments)"},
  {"cb:format('cbuf',true)", "bad argument #-1 to 'format' (incorrect number of arguments)"},
  {"cb:format('invalid')", "bad argument #1 to 'format' (invalid option 'invalid')"},

  {"cb:fromstring('')", "fromstring() too few values: 0, expected 2"},
  {"cb:fromstring('0')", "fromstring() too few values: 0, expected 2"},
  {"cb:fromstring('0 0 na 1')", "fromstring() too few values: 0, expected 2"},
  {"cb:fromstring('0 0 1 x')", "fromstring() too few values: 1, expected 2"},
  {"cb:fromstring('0 0 1 2 3')", "fromstring() too many values, more than: 2"},
  {"cb:fromstring('-1 0 1 2')", "fromstring() time is out of range"},
  {"cb:fromstring('9223372036854775807 0 1 2')", "fromstring() time is out of range"},
  {"cb:fromstring('0 2 1 2')", "fromstring() row is out of range"},
  {"cb:fromstring('0 -1 1 2')", "fromstring() row is out of range"},
  {"cb:fromstring({})", "bad argument #1 to 'fromstring' (string expected, got table)"},
  {"cb:fromstring()", "bad argument #-1 to 'fromstring' (incorrect number of arguments)"},
  {"circular_buffer.new(2,2,1,true):fromstring('1 1 1 2 3 4 0 3')", "fromstring() invalid delta"},
  {"circular_buffer.new(2,2,1,true):fromstring('1 1 1 2 3 4 x 3 4')", "fromstring() invalid delta"},

  {"cb:set_header()", "bad argument #-1 to 'set_header' (incorrect number of arguments)"},
  {"cb:set_header(2,'x')", "bad argument #1 to 'set_header' (column out of range)"},
  {"cb:set_header(1,{})", "bad argument #2 to 'set_header' (string expected, got table)"},
  {"cb:set_header(1,'x','y','z')", "bad argument #4 to 'set_header' (invalid option 'z')"},
  {"cb:get_header()", "bad argument #-1 to 'get_header' (incorrect number of arguments)"},
  {"cb:get_header(0)", "bad argument #1 to 'get_header' (column out of range)"},

  {"cb:mannwhitneyu()", "bad argument #-1 to 'mannwhitneyu' (incorrect number of arguments)"},
  {"cb5:mannwhitneyu(1,0,5,2,7)", "bad argument #3 to 'mannwhitneyu' (ranges must not overlap)"},
  {"cb5:mannwhitneyu(1,2,7,0,5)", "bad argument #3 to 'mannwhitneyu' (ranges must not overlap)"},
  {"cb5:mannwhitneyu(1,5,0,2,7)", "bad argument #3 to 'mannwhitneyu' (end_1 must be >= start_1)"},
  {"cb5:mannwhitneyu(1,0,5,10,6)", "bad argument #5 to 'mannwhitneyu' (end_2 must be >= start_2)"},
  {"cb5:mannwhitneyu(1,0,5,6,10,true,false)", "bad argument #-1 to 'mannwhitneyu' (too many arguments)"},
  {"cb5:mannwhitneyu(1,0,5,6,10,5)", "bad argument #6 to 'mannwhitneyu' (use_continuity must be a boolean)"},
  {"cb5:mannwhitneyu(2,0,5,6,10)", "bad argument #1 to 'mannwhitneyu' (column out of range)"},
}
for _, c in ipairs(cases) do fails(c[2], c[1]) end

-- A call through pcall has neither a name nor a position.
local ok, err = pcall(circular_buffer.new, 2)
same(err, "bad argument #0 to '?' (incorrect number of arguments)")

-- numeric strings count as numbers, numbers as strings
local n = circular_buffer.new("2", " 1 ", "0x10")
same(select(3, n:get_configuration()), 16)
same(n:add("0", "1", "2.5"), 2.5)
n:set_header(1, 12)
same(n:get_header(1), "12")

for _, name in ipairs{"get_range", "get_delta", "annotate", "reset_delta"} do same(cb[name], nil, name) end
same(type(circular_buffer.version()), "string")
