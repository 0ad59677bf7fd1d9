package sandbox

import (
	"strings"
	"testing"
)

// Programs that the machine alone runs otherwise than Lua 5.1 does.
func TestProgramsAreCompiledAsInLua51(t *testing.T) {
	fifty := strings.Repeat("0, ", 48)
	for body, want := range map[string]string{
		// fields of tables
		`local t = {two(1), x = two(3)} out(#t, t[1], t[2], t.x)`:                                                    "1 1 nil 3",
		`local t = {two(1), [5] = two(3)} out(t[2], t[5], t[6])`:                                                     "nil 3 nil",
		`local function f(...) return {1, x = ...} end local t = f(7, 8) out(#t, t.x)`:                               "1 7",
		`local t = {x = two(3), two(1)} out(#t, t[1], t[2], t.x)`:                                                    "2 1 1 3",
		`local t = {5, ` + fifty + `6, x = two(7)} out(#t, t[1], t[2], t[50], t.x)`:                                  "50 5 0 6 7",
		`local t = {5, ` + fifty + `two(6), x = 7, [tostring(8)] = 9} out(#t, t[50], t["8"])`:                        "50 6 9",
		`local t = {5, ` + fifty + `two(6), x = 7, y = two(8), 9} out(#t, t[50], t[51], t.y)`:                        "51 6 9 8",
		`local t = {5, ` + fifty + `6, two(7)} out(#t, t[1], t[2], t[50], t[51], t[52])`:                             "52 5 0 6 7 7",
		`local t = {5, ` + fifty + `two(6), x = 1, two(7)} out(#t, t[1], t[50], t[51], t.x)`:                         "52 5 6 7 1",
		`local function f(...) return {5, ` + fifty + `6, ...} end local t = f(7, 8, 9) out(#t, t[1], t[50], t[53])`: "53 5 6 9",
		`local t = {5, ` + fifty + `6, 7, x = two(8), two(9)} out(#t, t[51], t[53], t.x)`:                            "53 7 9 8",
		`local t = {5, ` + fifty + `6, (two(7))} out(#t, t[1], t[51])`:                                               "51 5 7",
		// loops
		`for k, v in next, {5} do out(k, v) end`:                                         "1 5",
		`for k in next, {5} do out(k) end`:                                               "1",
		`local function g() return {5}, nil end for k in next, g() do out(k) end`:        "1",
		`local function g() return next, {5, 6}, 1 end for k, v in g() do out(k, v) end`: "2 6",
		`for k, v, w, x in next, {5}, nil, 7 do out(k, v, w, x) end`:                     "1 5 nil nil",
		// assignments
		`local a, b, c, d = 1, 2, 3, 4 a, b, c, d = d, c, b, a out(a, b, c, d)`:                        "4 3 2 1",
		`local a, b, c = 1, 2, 3 a, b, c = c, a, b out(a, b, c)`:                                       "3 1 2",
		`local a, b, c = 1, 2, 3 a, b, c = b, two(9) out(a, b, c)`:                                     "2 9 9",
		`local a, b = 1, 2 a, b = b, a, c out(a, b)`:                                                   "2 1",
		`local i, t = 1, {} i, t[i] = i + 1, i out(i, t[1], t[2])`:                                     "2 1 nil",
		`local a, b = 1, 2 a, b = a + 1, a * 2 out(a, b)`:                                              "2 2",
		`local a, b = "abc" a, b = #a, #a out(a, b)`:                                                   "3 3",
		`local a, b = {4, 5} a, b = a[1], a[2] out(a, b)`:                                              "4 5",
		`local a, b = 1 a, b = tostring(a), type(a) out(a, b)`:                                         "1 number",
		`local a, b a, b = a or 5, a or 6 out(a, b)`:                                                   "5 6",
		`local a, b a, b = {}, a out(b)`:                                                               "nil",
		`local a, b = 1 a, b = (a + 1), function() return a end out(a, b())`:                           "2 2",
		`local a, b = 1 local f = function() return a end a, b = 2, f() out(b)`:                        "1",
		`a, b = 1, 2 a, b = a + 1, a * 2 out(a, b)`:                                                    "2 2",
		`local lo, hi = 3, 4 lo, hi = math.min(lo, 9), math.max(hi, lo, 9) out(lo, hi)`:                "3 9",
		`local t, u = {}, {} u = t t, t.x = {}, 5 out(t.x, u.x)`:                                       "nil 5",
		`local t, u = {}, {} u = t t.x, t = 5, {} out(t.x, u.x)`:                                       "nil 5",
		`local t, u = {}, {} u = t t.x, t = two({}) out(t.x, u.x == t)`:                                "nil true",
		`local i, t = 1, {{}, {}} i, t[i].x = 2, 5 out(i, t[1].x, t[2].x)`:                             "2 5 nil",
		`local x, t = 1, {} t[1], x = x, 5 out(t[1], x)`:                                               "1 5",
		`local a, t = 3, {} global, t.x = 5, a out(global, t.x)`:                                       "5 3",
		`local a, t, i = 1, {}, 1 i, t[i], t["y"], t[i + 1] = 7, two(8) out(i, t[1], t.y, t[2])`:       "7 8 8 nil",
		`local a, b, t = 1, 2, {} a, t.x, b = two(9) out(a, t.x, b)`:                                   "9 9 nil",
		`local a, t = 1, {} a, t.x = 5, two(6), two(7) out(a, t.x)`:                                    "5 6",
		`local function f(a) local b, c = 1, 2 a = (two(a)) return a, b, c end out(f(3))`:              "3 1 2",
		`local function f(a) local b, c = 1, 2 a = ((two(a))) return a, b, c end out(f(3))`:            "3 1 2",
		`local function f(a) local b, c = 1, 2 a = two(a), two(b) return a, b, c end out(f(3))`:        "3 1 2",
		`local function f(a, ...) local b, c = 1, 2 a = (...) return a, b, c end out(f(3, 4))`:         "4 1 2",
		`local function f(s) for i = 1, 2 do s = (s:gsub("a", "b", 1)) end return s end out(f("aaa"))`: "bba",
		`local function f(s) local n s, n = (s:gsub("a", "b")), 7 return s, n end out(f("aaa"))`:       "bbb 7",
		// concatenation
		`local c, a, b = true, "a", "b" out("x" .. (c and a .. b))`:                                                                        "xab",
		`local c, a, b = false, "a", "b" out("x" .. (c and a .. b or a .. a) .. b)`:                                                        "xaab",
		`out(1/3 .. "|" .. 0.1 + 0.2 .. "|" .. 1e15 .. "|" .. 1e14 .. "|" .. 2^63 .. "|" .. 7)`:                                            "0.33333333333333|0.3|1e+15|1e+14|9.2233720368548e+18|7",
		`local mt = {__concat = function(a, b) return type(a) .. type(b) end} out(1 .. setmetatable({}, mt), setmetatable({}, mt) .. 1.5)`: "numbertable tablenumber",
		// goto
		`local goto = 5 out(goto)`: "5",
		`local t = {goto = 1, [ [[goto]] ] = 2} t.goto = t.goto + 1 out(t.goto, "goto", 'a"goto' --[[ goto ]]) -- goto`: `3 goto a"goto`,
		`goto = function(goto) return goto end out(goto(7), _G["goto"](8))`:                                             "7 8",
		`local t = {} function t:goto(x) return x end for goto = 1, 2 do out(t:goto(goto)) end`:                         "12",
		`for _, goto in ipairs{3} do goto, t = goto + 1, goto out(goto, t, [==[]]goto]==]) end`:                         "4 3 ]]goto",
		// numbers
		`out(0010, 010 + 1, 08, 00, 007.5, 0x10, 0e1)`: "10 11 8 0 7.5 16 0",
	} {
		if got := eval(t, `local function two(x) return x, x end `+body); got != want {
			t.Errorf("%s\ngives %s\nwant  %s", body, got, want)
		}
	}
}

// Errors tell the line of what was moved or added too.
func TestRepairedProgramsKeepTheirLines(t *testing.T) {
	for body, want := range map[string]string{
		"\nlocal a, b = 1, 2\na, b = b, a + nil":                       "s.lua:3: ",
		"\nlocal t = {" + strings.Repeat("1, ", 50) + "\nx = 1 + nil}": "s.lua:3: ",
		"\n\nfor k in\nnil, 2 do end":                                  "s.lua:",
	} {
		s, _ := start(t, "function process_message() "+body+" return 0 end")
		if _, text := s.ProcessMessage(nil); !strings.HasPrefix(text, "process_message() "+want) {
			t.Errorf("%s: %q", body, text)
		}
	}
}

// A program that the parser knows goto in, as it does of later versions of Lua, is
// left as it is, and errors of others are those of the original text.
func TestGotoStaysAStatement(t *testing.T) {
	if got := eval(t, `for i = 1, 3 do if i == 2 then goto next end out(i) ::next:: end`); got != "13" {
		t.Errorf("%q", got)
	}
	if _, err := Compile([]byte("local goto = 5\nlocal = goto"), "s.lua"); err == nil || err.Error() != "s.lua:1: syntax error near 'goto'" {
		t.Errorf("%v", err)
	}
}
