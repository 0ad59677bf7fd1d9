-- What the configuration functions take, refuse and return.

local function triple(a, b, c) return tostring(a) .. " " .. tostring(b) .. " " .. tostring(c) end

same(triple(cjson.encode_sparse_array()), "false 2 10")
same(triple(cjson.encode_sparse_array("on", 3, 4)), "true 3 4")
same(triple(cjson.encode_sparse_array(nil, nil, 7)), "true 3 7")
same(triple(cjson.encode_sparse_array("off", "5", 1.9)), "false 5 1")
same(cjson.encode_max_depth(), 1000)
same(cjson.decode_max_depth(), 1000)
same(cjson.encode_number_precision(), 14)
same(cjson.encode_invalid_numbers(), false)
same(cjson.decode_invalid_numbers(), true)
same(cjson.decode_null(), false)
same(cjson.encode_max_depth(7), 7)
same(cjson.encode_max_depth(nil), 7)
same(cjson.decode_max_depth(2147483647), 2147483647)

local errors = {
  {"encode_max_depth", {0}, "bad argument #1 to '?' (expected integer between 1 and 2147483647)"},
  {"encode_max_depth", {-1e300}, "bad argument #1 to '?' (expected integer between 1 and 2147483647)"},
  {"decode_max_depth", {2147483648}, "bad argument #1 to '?' (expected integer between 1 and 2147483647)"},
  {"decode_max_depth", {0 / 0}, "bad argument #1 to '?' (expected integer between 1 and 2147483647)"},
  {"encode_number_precision", {18}, "bad argument #1 to '?' (expected integer between 1 and 17)"},
  {"encode_number_precision", {"x"}, "bad argument #1 to '?' (number expected, got string)"},
  {"encode_number_precision", {{}}, "bad argument #1 to '?' (number expected, got table)"},
  {"encode_max_depth", {1, 2}, "bad argument #2 to '?' (found too many arguments)"},
  {"encode_sparse_array", {1, 2, 3, 4}, "bad argument #4 to '?' (found too many arguments)"},
  {"encode_sparse_array", {true, -1}, "bad argument #1 to '?' (expected integer between 0 and 2147483647)"},
  {"encode_sparse_array", {true, 1, "x"}, "bad argument #3 to '?' (number expected, got string)"},
  {"encode_sparse_array", {"maybe"}, "bad argument #1 to '?' (invalid option 'maybe')"},
  {"encode_invalid_numbers", {"no"}, "bad argument #1 to '?' (invalid option 'no')"},
  {"encode_invalid_numbers", {5}, "bad argument #1 to '?' (invalid option '5')"},
  {"decode_invalid_numbers", {"null"}, "bad argument #1 to '?' (invalid option 'null')"},
  {"decode_null", {{}}, "bad argument #1 to '?' (string expected, got table)"},
}
for _, c in ipairs(errors) do fails(c[3], cjson[c[1]], unpack(c[2])) end

same(cjson._NAME, "cjson")
same(cjson._VERSION, "2.1devel")
same(cjson.new, nil)
same(cjson.encode_keep_buffer, nil)
same(require "cjson", cjson)
