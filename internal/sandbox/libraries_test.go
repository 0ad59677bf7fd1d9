package sandbox

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestLibraryFunctions(t *testing.T) {
	for body, want := range map[string]string{
		// numbers and text
		`tostring(1e15), tostring(2^53), tostring(1/3), tostring(0.1+0.2), tostring(0/0), tostring(1/0), tostring(-1/0)`:        "1e+15 9.007199254741e+15 0.33333333333333 0.3 nan inf -inf",
		`tostring(100), tostring(-5), tostring(1e14), tostring(99999999999999), tostring(true), tostring(nil)`:                  "100 -5 1e+14 99999999999999 true nil",
		`tonumber("1e5"), tonumber("1."), tonumber(".5"), tonumber("0x10"), tonumber(" 10 "), tonumber("010")`:                  "100000 1 0.5 16 10 10",
		`tonumber("12345678901234567890"), tonumber("1e400"), tonumber("0x.8p1"), tonumber("1_0"), tonumber("x"), tonumber("")`: "1.2345678901235e+19 inf 1 nil nil nil",
		`tonumber("ff", 16), tonumber("0xff", 16), tonumber("zz", 36), tonumber("8", 8), tonumber("-7", 8), tonumber({})`:       "255 255 1295 nil 1.844674407371e+19 nil",
		`tonumber("--1"), tonumber("1 2"), tonumber("\t5\n"), tonumber("inf"), tonumber("1e")`:                                  "nil nil 5 inf nil",
		// base
		`select("#"), select("#", nil, nil), select(2, "a", "b", "c"), select(-1, "a", "b")`: "0 2 b b",
		`rawset({}, "a", 1).a, rawget({5}, 1), rawequal("a", "a"), type(rawequal)`:           "1 5 true function",
		`pcall(assert, false)`:                                             "false assertion failed!",
		`pcall(assert, nil, "mine")`:                                       "false mine",
		`select(2, pcall(assert, false, {1}))[1]`:                          "1",
		`assert(1, 2, 3)`:                                                  "1 2 3",
		`pcall(error, "x", 2)`:                                             "false x",
		`pcall(function() error("here") end)`:                              "false s.lua:4: here",
		`pcall(function() local function f() error("two", 2) end f() end)`: "false s.lua:4: two",
		`pcall(error, nil)`:                                                "false nil",
		`pcall(5)`:                                                         "false attempt to call a number value",
		`xpcall(function() error("a", 0) end, function(e) return e .. "b" end)`:                         "false ab",
		`xpcall(function() return 1, 2 end, error)`:                                                     "true 1 2",
		`unpack({1, 2, 3}), unpack({1, 2}, 2), (unpack({}, 1, 2))`:                                      "1 2 nil",
		`pcall(setmetatable, {}, 1)`:                                                                    "false bad argument #2 to 'setmetatable' (nil or table expected)",
		`pcall(setmetatable, setmetatable({}, {__metatable = 1}), {})`:                                  "false cannot change a protected metatable",
		`getmetatable(setmetatable({}, {__metatable = "m"})), getmetatable("").__index == string`:       "m true",
		`gcinfo() > 10, collectgarbage, print, load, loadstring, dofile, loadfile, coroutine, newproxy`: "true nil nil nil nil nil nil nil nil",
		`next({}), next({7}), _VERSION, _G == getfenv(0), next(package)`:                                "nil 1 Lua 5.1 true nil",
		// string
		`("x"):rep(3), ("abc"):upper(), ("ABC"):lower(), ("abc"):reverse(), ("abc"):len(), #"a\0b"`:                      "xxx ABC abc cba 3 3",
		`("\228"):upper() == "\228", ("abc"):byte(1, -1)`:                                                                "true 97 98 99",
		`string.char(2^32 + 65, 66 - 2^32, 67.9):byte(1, -1)`:                                                            "65 66 67",
		`string.char(2^32, 2^63, -2^63, 2^70, 0/0):byte(1, -1)`:                                                          "0 0 0 0 0",
		`pcall(string.char, 2^31)`:                                                                                       "false bad argument #1 to 'char' (invalid value)",
		`tonumber("-0"), 1 / tonumber("-0"), tonumber(" -0.0 "), tonumber("-0x0")`:                                       "-0 -inf -0 -0",
		`select("#", ("abc"):byte(10)), select("#", ("abc"):byte(0)), string.char(104, 105)`:                             "0 0 hi",
		`("hello"):sub(2, -2), ("hello"):sub(-3), ("hello"):sub(4, 2), ("hello"):sub(0), ("hello"):sub(-100, 2)`:         "ell llo  hello he",
		`("hello"):find("l"), ("hello"):find("xyz"), ("a.b"):find(".", 1, true)`:                                         "3 nil 2 2",
		`("hello"):find("", 3), ("hello"):find("", 10), ("a+b"):find("+", 1, true), ("abc"):find("b", -1)`:               "3 6 2 nil",
		`("hello world"):find("(o)(r)")`:                                                                                 "8 9 o r",
		`("key = value"):match("^(%w+)%s*=%s*(%w+)$")`:                                                                   "key value",
		`("2024-01-02"):match("(%d+)-(%d+)-(%d+)")`:                                                                      "2024 01 02",
		`("x"):match("()"), ("abc"):match(".-$"), ("aXb"):match("%u"), ("[test]"):match("%[(.-)%]")`:                     "1 abc X test",
		`("THE (quick) fox"):find("%((%a+)%)")`:                                                                          "5 11 quick",
		`("f(a(b)c)d"):match("%b()"), ("THE (quick) fox"):gsub("%f[%a]%a+", string.lower)`:                               "(a(b)c) the (quick) fox 3",
		`("hello hello"):match("(h%w+) %1"), ("\0x"):match("%z(.)")`:                                                     "hello x",
		`("abc"):gsub("", "-"), ("abc"):gsub("%w", "%0%0"), ("hello"):gsub("l", {l = "L"}), ("hello"):gsub("l", "x", 1)`: "-a-b-c- aabbcc heLLo hexlo 1",
		`("abc"):gsub("b", 5), ("abc"):gsub("b", function() end), ("abc"):gsub("(b)", "%%%1")`:                           "a5c abc a%bc 1",
		`("abc"):gsub("b", "%"), ("x y"):gsub("(%w) (%w)", "%2 %1")`:                                                     "ac y x 1",
		`pcall(string.gsub, "abc", "b", "%2")`:                                                                           "false invalid capture index",
		`pcall(string.gsub, "abc", "b", function() return {} end)`:                                                       "false invalid replacement value (a table)",
		`pcall(string.gsub, "abc", "b")`:                                                                                 "false bad argument #3 to 'gsub' (string/function/table expected)",
		`pcall(string.find, "a", "%")`:                                                                                   "false malformed pattern (ends with '%')",
		`pcall(string.find, "a", "[a")`:                                                                                  "false malformed pattern (missing ']')",
		`pcall(string.find, "a", "(a")`:                                                                                  "false unfinished capture",
		`pcall(string.match, "a", "a)")`:                                                                                 "false invalid pattern capture",
		`pcall(string.find, "a", "%b")`:                                                                                  "false unbalanced pattern",
		`pcall(string.find, "a", "%f")`:                                                                                  "false missing '[' after '%f' in pattern",
		`pcall(string.find, "a", "%1")`:                                                                                  "false invalid capture index",
		`pcall(string.rep)`:                                                                                              "false bad argument #1 to 'rep' (string expected, got no value)",
		`pcall(string.rep, "x", {})`:                                                                                     "false bad argument #2 to 'rep' (number expected, got table)",
		`(function() local r = {} for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do r[#r + 1] = k .. v end return table.concat(r, ";") end)()`: "a1;b2",
		`(function() local n = 0 for w in string.gfind("one two", "") do n = n + 1 end return n end)()`:                                        "8",
		`("]"):match("[]]"), ("a-"):match("[a-]+"), ("^"):match("[%^x]"), ("b"):match("[^a]"), ("-"):match("[%a-]")`:                           "] a- ^ b -",
		// string.format
		`string.format("%d %5d|%-5d|%05d|%+d|% d", 42, 42, 42, 42, 42, 42)`:         "42    42|42   |00042|+42| 42",
		`string.format("%d %d %i", 3.99, -3.99, "12")`:                              "3 -3 12",
		`string.format("%u %x %X %#x %o %#o", 3, 255, 255, 255, 8, 8)`:              "3 ff FF 0xff 10 010",
		`string.format("%x", -1)`:                                                   "ffffffffffffffff",
		`string.format("%g %g %g %g", 1/3, 1e20, 100000, 1000000)`:                  "0.333333 1e+20 100000 1e+06",
		`string.format("%.3g|%10.2f|%-10.2f|%+.1e", 1234.5, 3.14159, 3.14159, 1.5)`: "1.23e+03|      3.14|3.14      |+1.5e+00",
		`string.format("%f %f %f %5.1f", 1/0, -1/0, 0/0, 1/0)`:                      "inf -inf nan   inf",
		`string.format("%.14g %.17g %.0f", 0.1, 0.1, 2.5)`:                          "0.1 0.10000000000000001 2",
		`string.format("%s %10s|%-10s|%.2s", "a", "b", "c", "defg")`:                "a          b|c         |de",
		`string.format("%s %s %s", nil, true, 1e15)`:                                "nil true 1e+15",
		`string.format("%c%c", 72, 255) == "H\255", string.format("%%")`:            "true %",
		`string.format("%q", 'a"b\\c\nd\r\0e') == '"a\\"b\\\\c\\\nd\\r\\000e"'`:     "true",
		`string.format("%5.3d|%.0d|%05.1f|%#.0f", 7, 0, 2.25, 3)`:                   "  007||002.2|3.",
		`pcall(string.format, "%d", "x")`:                                           "false bad argument #2 to 'format' (number expected, got string)",
		`pcall(string.format, "%d")`:                                                "false bad argument #2 to 'format' (no value)",
		`pcall(string.format, "%y", 1)`:                                             "false invalid option '%y' to 'format'",
		`pcall(string.format, "%", 1)`:                                              "false invalid option '%' to 'format'",
		`pcall(string.format, "%s")`:                                                "false bad argument #2 to 'format' (no value)",
		// table
		`table.concat({1, 2.5, "x"}, ", "), table.concat({}), table.concat({"a", "b", "c"}, "", 2, 3)`: "1, 2.5, x  bc",
		`pcall(table.concat, {1, {}, 3})`: "false invalid value (table) at index 2 in table for 'concat'",
		`(function() local t = {1, 2, 3} table.insert(t, 4) table.insert(t, 1, 0) local r = table.remove(t) local f = table.remove(t, 1) return table.concat(t, ","), r, f, #t end)()`: "1,2,3 4 0 3",
		`(table.remove({})), table.remove({5}), table.getn({1, 2}), table.maxn({[3] = 1, [7.5] = 1})`:                                                                                  "nil 5 2 7.5",
		`(function() local t = {3, 1, 2} table.sort(t) local u = {"b", "a"} table.sort(u, function(a, b) return a > b end) return table.concat(t), table.concat(u) end)()`:             "123 ba",
		`(function() local t = {} t[3] = "c" t[2] = "b" t[1] = "a" table.sort(t, function(a, b) return a > b end) return table.concat(t), #t end)()`:                                   "cba 3",
		`pcall(table.sort, {1, "x"})`: "false s.lua:4: attempt to compare string with number",
		`pcall(table.setn, {}, 1)`:    "false 'setn' is obsolete",
		`table.foreachi({5, 6}, function(i, v) if i == 2 then return v end end), table.foreach({a = 1}, function(k, v) return k end)`: "6 a",
		`(function() local t = {1, 2, 3, 4} table.remove(t, 2) t[#t + 1] = 9 return table.concat(t, ",") end)()`:                      "1,3,4,9",
		// math
		`math.huge, -math.huge, math.floor(-1.5), math.ceil(1.2), math.max(1, "3", 2), math.min(2, 1), math.fmod(-5, 3), math.mod(5, 3)`: "inf -inf -2 2 3 1 -2 2",
		`math.abs(-1), math.pow(2, 10), math.sqrt(16), math.modf(3.7), math.ldexp(1, 4), math.frexp(8)`:                                  "1 1024 4 3 16 0.5 4",
		`pcall(math.random, 0)`:    "false bad argument #1 to 'random' (interval is empty)",
		`pcall(math.random, 2, 1)`: "false bad argument #2 to 'random' (interval is empty)",
		`(function() for i = 1, 1000 do local a, b, c = math.random(), math.random(3), math.random(-2, 2) if a < 0 or a >= 1 or b < 1 or b > 3 or c < -2 or c > 2 or b % 1 ~= 0 then return i end end return "ok" end)()`: "ok",
		`(function() math.randomseed(7) local a = math.random() math.randomseed(7) return a == math.random() end)()`:                                                                                                      "true",
		// os
		`os.time({year = 1970, month = 1, day = 2, hour = 0}), os.time({year = 2024, month = 14, day = -1}), os.date("!%Y-%m-%dT%H:%M:%S", 0)`: "86400 1738238400 1970-01-01T00:00:00",
		`pcall(os.time, {year = 1})`: "false field 'day' missing in date table",
		`os.date("%a %A %b %B %d %e %j %y %Y %p %I %M %S %U %W %V %u %w %Z %z %%", 1262304000)`: "Fri Friday Jan January 01  1 001 10 2010 AM 12 00 00 00 00 53 5 5 UTC +0000 %",
		`os.date("%c|%x|%X|%D|%T|%R|%r|%F|%h|%C|%g|%G|%s", 1262304000)`:                         "Fri Jan  1 00:00:00 2010|01/01/10|00:00:00|01/01/10|00:00:00|00:00|12:00:00 AM|2010-01-01|Jan|20|09|2009|1262304000",
		`os.date("%Ec %Od", 0)`:      "Thu Jan  1 00:00:00 1970 01",
		`pcall(os.date, "%Y %i %d")`: "false bad argument #1 to 'date' (invalid conversion specifier '%i %d')",
		`pcall(os.date, "%E")`:       "false bad argument #1 to 'date' (invalid conversion specifier '%E')",
		`os.date("*t", 1262304000).yday, os.date("!*t", 1262304000).wday, os.date("*t", 0).isdst`: "1 6 false",
		`os.clock() >= 0, os.difftime(5, 3), os.execute, os.getenv, os.exit, os.remove`:           "true 2 nil nil nil nil",
		`pcall(error, 7)`: "false 7",
		`type(select(2, pcall(error, 7))), type(select(2, pcall(error, 7, 0)))`: "string number",
		`pcall(assert, nil, nil)`:                     "false assertion failed!",
		`pcall(pairs)`:                                "false bad argument #1 to 'pairs' (table expected, got no value)",
		`pcall(ipairs, 7)`:                            "false bad argument #1 to 'ipairs' (table expected, got number)",
		`string.format("[%.0x|%#.o|%5.0X]", 0, 0, 0)`: "[|0|     ]",
		`os.date("%Z", 0), os.date("!%Z", 0)`:         "UTC GMT",
		`tonumber("-nan") ~= tonumber("-nan"), tonumber("-12345678901234567890", 16), tonumber("12345678901234567890x", 16)`: "true 1.844674407371e+19 nil",
		// arithmetic of the machine
		`010, 0010, 00.5, 009, ({0010})[1]`:                                           "10 10 0.5 9 10",
		`"010" + 1, -"010", "0x10" * 1, " 7 " - 1, "9" / "3", "7" % "-4", "2" ^ 3`:    "11 -10 16 6 3 -1 8",
		`pcall(function() return "0b1" + 1 end)`:                                      "false s.lua:4: attempt to perform arithmetic on a string value",
		`pcall(function() return "1_000" + 1 end)`:                                    "false s.lua:4: attempt to perform arithmetic on a string value",
		`pcall(function() return {} + "1" end)`:                                       "false s.lua:4: attempt to perform arithmetic on a table value",
		`setmetatable({}, {__add = function(a, b) return "table + " .. b end}) + "1"`: "table + 1",
		`"10" + 5, 7 % 3, -7 % 3, 2 ^ 10, "a" .. 1 .. 2, 10 == "10", #{1, 2, 3}`:      "15 1 2 1024 a12 false 3",
	} {
		if got := eval(t, "\nout("+body+")"); got != want {
			t.Errorf("%s\n got %q\nwant %q", body, got, want)
		}
	}
}

func TestNamesOfTheRestrictedLibraries(t *testing.T) {
	want := map[string]string{
		"_G":      "_G _VERSION add_to_payload assert decode_message error gcinfo getfenv getmetatable inject_message inject_payload ipairs math module next os package pairs pcall process_message rawequal rawget rawset read_config read_message read_next_field require select setfenv setmetatable string table tonumber tostring type unpack xpcall",
		"math":    "abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp huge ldexp log log10 max min mod modf pi pow rad random randomseed sin sinh sqrt tan tanh",
		"os":      "clock date difftime time",
		"string":  "byte char dump find format gfind gmatch gsub len lower match rep reverse sub upper",
		"table":   "concat foreach foreachi getn insert maxn remove setn sort",
		"package": "",
	}
	for name, names := range want {
		got := strings.Fields(eval(t, `for k in pairs(`+name+`) do add_to_payload(k, " ") end`))
		slices.Sort(got)
		if strings.Join(got, " ") != names {
			t.Errorf("%s has %s", name, got)
		}
	}
}

func TestInputsAndOutputsHaveFilesAndCoroutines(t *testing.T) {
	dir := t.TempDir()
	got := coroutineEval(t, `require "io" require "os" require "string"
local path = "`+dir+`/f"
local f = assert(io.open(path, "w")) f:write("one\ntwo\n") f:close()
local lines = {} for l in io.lines(path) do lines[#lines + 1] = l end
local renamed = os.rename(path, path .. "2")
local gone, problem = os.remove(path)
local co = coroutine.create(function(a) local b = coroutine.yield(a + 1) return b * 2 end)
local _, x = coroutine.resume(co, 1) local _, y = coroutine.resume(co, 21)
local names = {} for _, k in ipairs{"exit", "setlocale"} do names[#names + 1] = tostring(os[k]) end
return lines[1] .. lines[2] .. tostring(renamed) .. tostring(gone) .. x .. y .. coroutine.status(co) .. names[1] .. names[2] ..
tostring(print) .. tostring(loadstring) .. type(newproxy()) .. tostring(collectgarbage("count") > 1) .. tostring(os.getenv("NO_SUCH_THING")) .. os.execute("exit 3")`)
	if got != "onetwotruenil242deadnilnilnilniluserdatatruenil768" {
		t.Error(got)
	}
}

func TestLibrariesMustBeRequired(t *testing.T) {
	s, _ := start(t, `function process_message() local ok = pcall(function() return ("x"):rep(2) end) local s = require "string"
if ok or string ~= nil and string ~= s or ("x"):rep(2) ~= "xx" or require "string" ~= s or getmetatable(s) == nil then return -1, "wrong" end return 0 end`)
	process(t, s, nil)
}

func TestRequire(t *testing.T) {
	dir := t.TempDir()
	other := t.TempDir()
	writeFile(t, dir, "plain.lua", `local M = {} function M.f() return "plain" end return M`)
	writeFile(t, dir, "deep/er.lua", `return {name = ...}`)
	writeFile(t, dir, "nothing.lua", `loaded = (loaded or 0) + 1`)
	writeFile(t, dir, "broken.lua", "\nx = = 1")
	writeFile(t, dir, "fails.lua", "error('no')")
	writeFile(t, dir, "circle.lua", `require "circle"`)
	writeFile(t, dir, "old.lua", `module("old") function f() return _NAME end`)
	writeFile(t, dir, "all.lua", `module("all", package.seeall)`)
	writeFile(t, dir, "env.lua", `local pairs = pairs local M = {} setfenv(1, M) function f() return pairs ~= nil end g = 5 return M`)
	writeFile(t, dir, "cjson.lua", `return {encode = "hidden"}`)
	writeFile(t, other, "second.lua", `return "second"`)
	for body, want := range map[string]string{
		`require("plain").f(), require("plain") == require("plain"), next(getmetatable(require("plain")))`: "plain true nil",
		`require("deep.er").name, require("nothing"), require("nothing"), loaded, require("second")`:       "deep.er true true 1 second",
		`require("old").f(), old.f()`:                              "old old",
		`require("env").f(), require("env").g, f, g`:               "true 5 nil nil",
		`type(require("cjson").encode), cjson.encode({value = 1})`: `function {"value":1}`,
		`pcall(require, "broken")`:                                 "false error loading module 'broken' from file '" + dir + "/broken.lua':\n\t" + dir + "/broken.lua:2: syntax error near '='",
		`pcall(require, "fails")`:                                  "false " + dir + "/fails.lua:1: no",
		`pcall(require, "circle")`:                                 "false " + dir + "/circle.lua:1: loop or previous error loading module 'circle'",
		`pcall(require, "all")`:                                    "false " + dir + "/all.lua:1: attempt to call a non-function object",
		`pcall(require, "missing")`:                                "false module 'missing' not found:\n\tno file '" + dir + "/missing.lua'\n\tno file '" + other + "/missing.lua'\n\tno file '" + dir + "/missing.so'\n\tno file '" + other + "/missing.so'",
	} {
		got := eval(t, "\nout("+body+")", modules(dir+";"+other))
		if got != want {
			t.Errorf("%s\n got %q\nwant %q", body, got, want)
		}
	}
}

func TestNumbersRoundTrip(t *testing.T) {
	for _, x := range []float64{0, 1, -1, 0.1, 1e-9, 1e300, math.MaxFloat64, math.SmallestNonzeroFloat64, -2147483649, 1.0 / 3} {
		if got, ok := parseNumber(preservedNumber(x)); !ok || got != x {
			t.Errorf("%v: %v", x, got)
		}
	}
}
