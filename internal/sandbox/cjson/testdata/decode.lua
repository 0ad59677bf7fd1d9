-- Texts and what they are decoded to.

local function list(text, ...)
  local got, want = cjson.decode(text), {...}
  same(#got, #want, text .. " length")
  for i, v in ipairs(want) do same(got[i], v, text .. " " .. i) end
end

list("[ 0.0, -5e3, -1, 0.3e-3, 1023.2, 0e10 ]", 0, -5000, -1, 0.0003, 1023.2, 0)
list("[]")
list(' [ true , false , "x" ] ', true, false, "x")
list("[1,2]", 1, 2)

local scalars = {
  {"1", 1}, {"-1", -1}, {" 12 ", 12}, {"true", true}, {"false", false}, {"null", nil}, {'"abc"', "abc"}, {'""', ""},
  {"0.1", 0.1}, {"1e3", 1000}, {"1E+3", 1000}, {"25e-2", 0.25}, {"5.", 5}, {"-.5", -0.5},
  {"123456789012345", 123456789012345}, {"1234567890123456789", 1234567890123456789},
  {"1e999", math.huge * 10}, {"-1e999", -math.huge * 10}, {"1e-999", 0},
  -- what only a lenient decoder takes
  {"0x6.ffp1", 13.9921875}, {"0x10", 16}, {"-0x1F", -31}, {"0x.8", 0.5}, {"0xAp-1", 5}, {"+5", 5}, {"+.5", 0.5}, {"0123", 123},
  {"inf", math.huge * 10}, {"-INF", -math.huge * 10}, {"Infinity", math.huge * 10}, {"+infinity", math.huge * 10},
  {"nan", 0 / 0}, {"NaN", 0 / 0}, {"-nan", 0 / 0}, {"nan(12)", 0 / 0},
  -- escapes
  {[["\"\\\/\b\t\n\f\r"]], "\"\\/\b\t\n\f\r"}, {[["\u0041\u00e9\u20AC"]], "A\195\169\226\130\172"},
  {[["\uF800"]], "\239\160\128"}, {[["\ud83d\ude00"]], "\240\159\152\128"}, {[["\u0000"]], "\0"}, {[["a\u0062c"]], "abc"},
  {'"\1\127\255\n"', "\1\127\255\n"},
  -- a NUL byte ends the text
  {"12\0]", 12},
}
for _, c in ipairs(scalars) do same(cjson.decode(c[1]), c[2], c[1]) end
same(cjson.decode(5), 5, "a number is its text")

local function invalid(text, at) return {text, "Expected value but found invalid unicode escape code at character " .. at} end
local errors = {
  {'{ "unexpected eof": ', "Expected value but found T_END at character 21"},
  {'{ "extra data": true }, false', "Expected the end but found T_COMMA at character 23"},
  {[[ { "bad escape \q code" } ]], "Expected object key string but found invalid escape code at character 16"},
  {[[ { "bad unicode \u0f6 escape" } ]], "Expected object key string but found invalid unicode escape code at character 17"},
  {' [ "bad barewood", test ] ', "Expected value but found invalid token at character 20"},
  {"[ -+12 ]", "Expected value but found invalid number at character 3"},
  {"-v", "Expected value but found invalid number at character 1"},
  {"[ 0.4eg10 ]", "Expected comma or array end but found invalid token at character 6"},
  {"Infrared", "Expected the end but found invalid token at character 4"},
  {"Noodle", "Expected value but found invalid token at character 1"},
  invalid([["\uDB00"]], 2), invalid([["\uDC00\uD800"]], 2), invalid([["\uDB00\uDB00"]], 2), invalid([["\uDB00\uD"]], 2),
  invalid([["ab\u12]], 4), invalid([["ab\u12g4"]], 4),
  {"", "Expected value but found T_END at character 1"},
  {"  ", "Expected value but found T_END at character 3"},
  {'"abc', "Expected value but found unexpected end of string at character 5"},
  {[["ab\]], "Expected value but found invalid escape code at character 4"},
  {'"ab\0c"', "Expected value but found unexpected end of string at character 4"},
  {"[1,]", "Expected value but found T_ARR_END at character 4"},
  {"[,1]", "Expected value but found T_COMMA at character 2"},
  {"[1 2]", "Expected comma or array end but found T_NUMBER at character 4"},
  {"[1}", "Expected comma or array end but found T_OBJ_END at character 3"},
  {"[1", "Expected comma or array end but found T_END at character 3"},
  {"{,}", "Expected object key string but found T_COMMA at character 2"},
  {'{"a":1,}', "Expected object key string but found T_OBJ_END at character 8"},
  {"{1:2}", "Expected object key string but found T_NUMBER at character 2"},
  {'{"a" null}', "Expected colon but found T_NULL at character 6"},
  {'{"a":1 "b"}', "Expected comma or object end but found T_STRING at character 8"},
  {'{"a":1 [', "Expected comma or object end but found T_ARR_BEGIN at character 8"},
  {'{"a":1 {', "Expected comma or object end but found T_OBJ_BEGIN at character 8"},
  {"1:", "Expected the end but found T_COLON at character 2"},
  {"truefalse", "Expected the end but found T_BOOLEAN at character 5"},
  {"tru", "Expected value but found invalid token at character 1"},
  {"+ 5", "Expected value but found invalid number at character 1"},
  {"0x", "Expected the end but found invalid token at character 2"},
  {"1e", "Expected the end but found invalid token at character 2"},
  {".5", "Expected value but found invalid token at character 1"},
  {"\0001", "JSON parser does not support UTF-16 or UTF-32"},
  {"1\000 ", "JSON parser does not support UTF-16 or UTF-32"},
  {"\f1", "Expected value but found invalid token at character 1"},
}
for _, c in ipairs(errors) do fails(c[2], cjson.decode, c[1]) end

fails("bad argument #1 to '?' (expected 1 argument)", cjson.decode)
fails("bad argument #1 to '?' (expected 1 argument)", cjson.decode, "1", 2)
fails("bad argument #1 to '?' (string expected, got nil)", cjson.decode, nil)
fails("bad argument #1 to '?' (string expected, got table)", cjson.decode, {})

-- objects: the last of two keys wins, and null removes one
local o = cjson.decode('{"a":1,"b":{"c":[true]},"a":2,"d":4,"d":null,"":5}')
same(o.a, 2)
same(o.b.c[1], true)
same(o.d, nil)
same(o[""], 5)
same(cjson.decode('[ true, { "foo": "bar" } ]')[2].foo, "bar")

-- null
local a = cjson.decode("[1,null,3,null]")
same(a[1], 1)
same(a[2], nil)
same(a[3], 3)
same(cjson.decode_null(true), true)
a = cjson.decode('[1,null,{"x":null}]')
same(a[2], cjson.null)
same(a[3].x, cjson.null)
same(type(cjson.null), "userdata")
same(cjson.encode(a), '[1,null,{"x":null}]')
same(cjson.decode_null("off"), false)
same(cjson.decode("null"), nil)

-- depth
cjson.decode_max_depth(5)
fails("Found too many nested data structures (6) at character 6", cjson.decode, '[[[[[[ "nested" ]]]]]]')
fails("Found too many nested data structures (6) at character 29", cjson.decode, '{"a":{"a":[[ {"a"  :  1,"b":[')
same(cjson.decode('[[[[[ "nested" ]]]]]')[1][1][1][1][1], "nested")

-- without leniency
same(cjson.decode_invalid_numbers(false), false)
local strict = {"-inf", "0123", "-01", "0x1", "-0x1", "00", "-nan", "-", "-a"}
for _, text in ipairs(strict) do fails("Expected value but found invalid number at character 1", cjson.decode, text) end
for _, text in ipairs{"+5", "inf", "nan", ".5"} do fails("Expected value but found invalid token at character 1", cjson.decode, text) end
same(cjson.decode("-0.5e1"), -5)
same(cjson.decode("0"), 0)
same(cjson.decode("-.5"), -0.5)
