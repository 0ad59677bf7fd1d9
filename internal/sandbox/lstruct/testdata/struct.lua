-- Formats, values and bytes.

-- {format, bytes in hex, value, …}: packing gives the bytes, unpacking the values
local both = {
  {"<i4", "07 00 00 00 ", 7},
  {">i4", "00 00 00 07 ", 7},
  {"b", "ff ", -1}, {"B", "ff ", 255}, {"h", "fe ff ", -2}, {"H", "fe ff ", 65534}, {">h", "80 00 ", -32768},
  {"i", "ff ff ff ff ", -1}, {"I", "ff ff ff ff ", 4294967295}, {"i3", "fe ff ff ", -2}, {"I3", "01 02 03 ", 0x030201}, {">I3", "01 02 03 ", 0x010203},
  {"l", "ff ff ff ff ff ff ff ff ", -1}, {"L", "00 00 00 00 00 00 00 80 ", 2 ^ 63}, {"T", "05 00 00 00 00 00 00 00 ", 5},
  {">i16", "ff ff ff ff ff ff ff ff ff ff ff ff ff ff ff fe ", -2}, {"I12", "01 00 00 00 00 00 00 00 00 00 00 00 ", 1},
  {"f", "00 00 80 3f ", 1}, {">f", "c0 48 00 00 ", -3.125}, {"d", "00 00 00 00 00 00 f0 3f ", 1}, {">d", "7f f0 00 00 00 00 00 00 ", 1 / 0},
  {"s", "61 62 00 ", "ab"}, {"s", "00 ", ""}, {"c2", "61 62 ", "ab"}, {"c", "61 ", "a"},
  {"<h>h<h", "01 00 00 01 01 00 ", 1, 1, 1},
  {"b x b", "01 00 02 ", 1, 2},
  {" ", ""},
  -- alignment
  {"!4bi4", "01 00 00 00 02 00 00 00 ", 1, 2},
  {">!4BHi4", "01 00 00 02 00 00 00 03 ", 1, 2, 3},
  {"!bd", "01 00 00 00 00 00 00 00 00 00 00 00 00 00 f0 3f ", 1, 1},
  {"!2bi4", "01 00 02 00 00 00 ", 1, 2},
  {"!bc2h", "01 61 62 00 02 00 ", 1, "ab", 2},
  {"!bsh", "01 61 00 00 02 00 ", 1, "a", 2},
  {"bi4", "01 02 00 00 00 ", 1, 2},
  {"!4b!1i4", "01 02 00 00 00 ", 1, 2},
  {"!16bI16", "01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 ", 1, 2},
}
for _, c in ipairs(both) do
  local format, bytes = c[1], c[2]
  local values = {unpack(c, 3)}
  local data = struct.pack(format, unpack(values))
  same(hex(data), bytes, "pack " .. format)
  local got = {struct.unpack(format, data)}
  same(#got, #values + 1, format .. " results")
  for i, v in ipairs(values) do same(got[i], v, "unpack " .. format) end
  same(got[#got], #data + 1, format .. " position")
end

-- c0
same(hex(struct.pack("c0b", "abc", 1)), "61 62 63 01 ")
local s, pos = struct.unpack("bc0", "\3abcd")
same(s, "abc") same(pos, 5)
local a, b, n = struct.unpack("bc0bc0", struct.pack("bc0bc0", 1, "x", 0, ""))
same(a, "x") same(b, "") same(n, 4)

-- positions
same(select(2, struct.unpack("b", "\1\2\3", 3)), 4)
same((struct.unpack("b", "\1\2\3", 3)), 3)
same((struct.unpack("!h", "\1\2\3\0", 2)), 3, "alignment is that of the data")
same((struct.unpack("", "", 7)), 7)
same((struct.unpack("b", "\1", nil)), 1)

-- cut and converted
same(hex(struct.pack("b", 257)), "01 ")
same(hex(struct.pack("h", -1.9)), "ff ff ")
same(hex(struct.pack("B", 3.99)), "03 ")
same(hex(struct.pack("c2", "abcdef")), "61 62 ")
same(hex(struct.pack("s", "a\0b")), "61 00 62 00 ")
same(hex(struct.pack("bs", "5", 12)), "05 31 32 00 ")
same(hex(struct.pack("L", 1e30)), "ff ff ff ff ff ff ff ff ")
same(hex(struct.pack("l", -1e30)), "00 00 00 00 00 00 00 80 ")
same(hex(struct.pack("i4", 0 / 0)), "00 00 00 00 ")
same(hex(struct.pack("b", 1, 2, 3)), "01 ")
same(select("#", struct.unpack("x", "z")), 1)
same((struct.unpack("L", string.rep("\255", 8))), 2 ^ 64)
local nan = struct.unpack("d", struct.pack("d", 0 / 0))
same(nan ~= nan, true)

for format, want in pairs{["<i4"] = 4, [""] = 0, ["!bd"] = 16, ["b h"] = 3, c10 = 10, ["!4bi4b"] = 9, x = 1, lLTd = 32, i32 = 32,
  c99999999999 = 2147483647} do
  same(struct.size(format), want, "size " .. format)
end

local errors = {
  {"struct.pack('y')", "bad argument #1 to 'pack' (invalid format option 'y')"},
  {"struct.unpack('%', '')", "bad argument #1 to 'unpack' (invalid format option '%')"},
  {"struct.size('4')", "bad argument #1 to 'size' (invalid format option '4')"},
  {"struct.pack('!3')", "alignment 3 is not a power of 2"},
  {"struct.pack('!0')", "alignment 0 is not a power of 2"},
  {"struct.pack('i33', 1)", "integral size 33 is larger than limit of 32"},
  {"struct.pack('I99999999999999999999', 1)", "integral size 2147483647 is larger than limit of 32"},
  {"struct.pack('i0', 1)", "integral size 0 is smaller than 1"},
  {"struct.pack('i')", "bad argument #2 to 'pack' (number expected, got no value)"},
  {"struct.pack('xi', 'x')", "bad argument #2 to 'pack' (number expected, got string)"},
  {"struct.pack('bs', 1, {})", "bad argument #3 to 'pack' (string expected, got table)"},
  {"struct.pack('c3', 'ab')", "bad argument #2 to 'pack' (string too short)"},
  {"struct.pack('c9999999999', 'ab')", "bad argument #2 to 'pack' (string too short)"},
  {"struct.pack()", "bad argument #1 to 'pack' (string expected, got no value)"},
  {"struct.unpack('i4')", "bad argument #2 to 'unpack' (string expected, got no value)"},
  {"struct.unpack('i4', 'abc')", "bad argument #2 to 'unpack' (data string too short)"},
  {"struct.unpack('c9999999999', 'abc')", "bad argument #2 to 'unpack' (data string too short)"},
  {"struct.unpack('b', '', 1)", "bad argument #2 to 'unpack' (data string too short)"},
  {"struct.unpack('b', 'a', 3)", "bad argument #2 to 'unpack' (data string too short)"},
  {"struct.unpack('b', 'a', 1e300)", "bad argument #2 to 'unpack' (data string too short)"},
  {"struct.unpack('s', 'a', 9)", "bad argument #2 to 'unpack' (data string too short)"},
  {"struct.unpack('b', 'a', 0)", "bad argument #3 to 'unpack' (offset must be 1 or greater)"},
  {"struct.unpack('b', 'a', -1)", "bad argument #3 to 'unpack' (offset must be 1 or greater)"},
  {"struct.unpack('b', 'a', 0/0)", "bad argument #3 to 'unpack' (offset must be 1 or greater)"},
  {"struct.unpack('bc0', '\\5abc')", "bad argument #2 to 'unpack' (data string too short)"},
  {"struct.unpack('bc0', '\\255abc')", "bad argument #2 to 'unpack' (data string too short)"},
  {"struct.unpack('c0', 'abc')", "format `c0' needs a previous size"},
  {"struct.unpack('c0', 'abc', 1)", "format `c0' needs a previous size"},
  {"struct.unpack('sc0', '1\\0abc')", "format `c0' needs a previous size"},
  {"struct.unpack('s', 'abc')", "unfinished string in data"},
  {"struct.size('s')", "bad argument #1 to 'size' (option 's' has no fixed size)"},
  {"struct.size('bc0')", "bad argument #1 to 'size' (option 'c0' has no fixed size)"},
}
for _, c in ipairs(errors) do fails(c[2], c[1]) end
