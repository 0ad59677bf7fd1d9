-- Values and their texts.

local cases = {
  {{}, "{}"}, {{1, 2, 3}, "[1,2,3]"}, {{{}, {{}}}, "[{},[{}]]"}, {{a = 1}, '{"a":1}'}, {{["2"] = "x"}, '{"2":"x"}'},
  {{[3] = 1}, "[null,null,1]"}, {{1, nil, 3}, "[1,null,3]"}, {{1, x = 2}, '{"1":1,"x":2}'}, {{[0] = 1}, '{"0":1}'},
  {{[1.5] = 1}, '{"1.5":1}'}, {{[-1] = 1}, '{"-1":1}'}, {{[1e15] = 1, x = 1}, '{"1e+15":1,"x":1}'},
  {true, "true"}, {false, "false"}, {cjson.null, "null"}, {"", '""'},
  {0, "0"}, {1, "1"}, {-1.5, "-1.5"}, {0.1, "0.1"}, {1 / 3, "0.33333333333333"}, {1e14, "1e+14"}, {99999999999999, "99999999999999"},
  {1e15, "1e+15"}, {1399475544000000000, "1.399475544e+18"}, {1e-5, "1e-05"}, {0.0001, "0.0001"}, {123456.789, "123456.789"}, {5e-324, "4.9406564584125e-324"},
  {"/\\\"", [["\/\\\""]]}, {"\b\t\n\f\r", [["\b\t\n\f\r"]]}, {"\0\1\31\127", [["\u0000\u0001\u001f\u007f"]]}, {"\128\255\195\169", '"\128\255\195\169"'},
  {{["special\tcharacters"] = "\"\t\r\n\b\f\\/"}, [[{"special\tcharacters":"\"\t\r\n\b\f\\\/"}]]},
}
for _, c in ipairs(cases) do same(cjson.encode(c[1]), c[2]) end
same(cjson.encode(nil), "null")

fails("bad argument #1 to '?' (expected 1 argument)", cjson.encode)
fails("bad argument #1 to '?' (expected 1 argument)", cjson.encode, 1, 2)
fails("Cannot serialise boolean: table key must be a number or string", cjson.encode, {[false] = 1})
fails("Cannot serialise table: table key must be a number or string", cjson.encode, {[{}] = 1})
fails("Cannot serialise function: type not supported", cjson.encode, print)
fails("Cannot serialise function: type not supported", cjson.encode, {1, {a = print}})
fails("Cannot serialise thread: type not supported", cjson.encode, coroutine.create(print))
fails("Cannot serialise userdata: type not supported", cjson.encode, {io.stdout})

-- metatables are ignored
local proxy = setmetatable({}, {__index = function() error("index") end, __tostring = error, __len = error})
same(cjson.encode(proxy), "{}")

-- numbers that JSON does not have
local inf = 1 / 0
for _, n in ipairs{inf, -inf, 0 / 0} do fails("Cannot serialise number: must not be NaN or Infinity", cjson.encode, n) end
fails("Cannot serialise number: must not be NaN or Infinity", cjson.encode, {[inf] = 1, x = 1})
same(cjson.encode_invalid_numbers("on"), true)
same(cjson.encode({inf, -inf, 0 / 0}), "[Infinity,-Infinity,NaN]")
same(cjson.encode_invalid_numbers("null"), "null")
same(cjson.encode({inf, -inf, 0 / 0}), "[null,null,null]")
same(cjson.encode_invalid_numbers(), "null")
same(cjson.encode_invalid_numbers(false), false)

-- sparse arrays
fails("Cannot serialise table: excessively sparse array", cjson.encode, {[100] = 1})
same(cjson.encode({[10] = 1}), "[null,null,null,null,null,null,null,null,null,1]")
fails("Cannot serialise table: excessively sparse array", cjson.encode, {[1e300] = 1})
cjson.encode_sparse_array(true, 2, 3)
same(cjson.encode({[3] = "sparse test"}), '[null,null,"sparse test"]')
same(cjson.encode({[1] = "one", [4] = "sparse test"}), '["one",null,null,"sparse test"]')
same(cjson.encode({[1] = "one", [5] = "sparse test"}), '{"1":"one","5":"sparse test"}')
cjson.encode_sparse_array(nil, 0)
same(#cjson.encode({[10000] = 1}), 9999 * 5 + 3, "ratio 0 is always an array")
same(cjson.encode({[1e300] = 1}), '{"1e+300":1}', "but not for keys beyond any array")
cjson.encode_sparse_array(false)
fails("Cannot serialise table: excessively sparse array", cjson.encode, {[1e300] = 1})

-- precision
cjson.encode_number_precision(3)
same(cjson.encode({1 / 3, 12345, 999, 1000}), "[0.333,1.23e+04,999,1e+03]")
cjson.encode_number_precision(17)
same(cjson.encode({0.1, 1399475544000000000, 9007199254740993}), "[0.10000000000000001,1.399475544e+18,9007199254740992]")

-- depth
cjson.encode_max_depth(5)
same(cjson.encode({{{{{"nested"}}}}}), '[[[[["nested"]]]]]')
fails("Cannot serialise, excessive nesting (6)", cjson.encode, {{{{{{"nested"}}}}}})
local loop = {}
loop.loop = loop
fails("Cannot serialise, excessive nesting (6)", cjson.encode, loop)

-- size
local big = {}
for i = 1, 1000 do big[i] = string.rep("x", 100) end
same(#cjson.encode(big), 103001)

-- the order of an object is that of its making
local o = {}
for _, k in ipairs{"z", "a", "m", "b"} do o[k] = 1 end
same(cjson.encode(o), '{"z":1,"a":1,"m":1,"b":1}')
o.a = nil
same(cjson.encode(o), '{"z":1,"m":1,"b":1}')
