-- What the other captures give.
local lpeg = require "lpeg"

-- simple
gives(C(C"a" * C"b"), "ab", "ab", "a", "b")
gives(C(P"a"^0) * C(1), "aab", "aa", "b")
gives(C"", "a", "")
gives(C(Cc(1, 2)), "", "", 1, 2)
gives(C(C(C(1))), "a", "a", "a", "a")
gives((C"a" * "b")^0, "ababx", "a", "a")
gives(C(1)^-3, "ab", "a", "b")

-- constant
gives(Cc(), "a", 1)
gives(Cc(nil), "a", nil)
gives(Cc(1, nil, "x", false, nil), "a", 1, nil, "x", false, nil)
gives(Cc(1) * Cc(2), "a", 1, 2)

-- position
gives(Cp() * 2 * Cp(), "ab", 1, 3)
gives((Cp() * 1)^0, "abc", 1, 2, 3)

-- number
gives(C(1) * C(1) / 2, "ab", "b")
gives(C(1) * C(1) / 0, "ab", 3)
gives(P"ab" / 1, "ab", "ab")
gives(C(C(1) * C(1)) / 3, "ab", "b")
gives(Cc(1, 2, 3) / 2 * Cc(9), "", 2, 9)
fails("no capture '2'", lpeg.match, P(1) / 2, "a")
fails("no capture '3'", lpeg.match, C(1) * C(1) / 3, "ab")
fails("(invalid number)", function() return P(1) / -1 end)
fails("(invalid number)", function() return P(1) / 32768 end)
for _, v in ipairs{true, P(1)} do
   fails("bad argument #2 to '?' (invalid replacement value)", function() return P(1) / v end)
end

-- query
local t = {a = 1, b = false, [2] = "two"}
gives(C(1) / t, "a", 1)
gives(C(1) / t, "b", false)
gives(C(1) / t, "c", 2)
gives(P(1) / t * C(1), "cd", "d")
gives(Cp() * 1 * Cp() / {"one"}, "a", "one")
gives(Cc(2, 1) / t, "", "two")
gives((C(1) / t)^0, "abca", 1, false, 1)
gives(C(1) / setmetatable({}, {__index = function(_, k) return k .. k end}), "a", "aa")
t.a = 5
gives(C(1) / {a = t}, "a", t)

-- group
gives(Cg(C(1) * C(1)), "ab", "a", "b")
gives(Cg(2), "ab", "ab")
gives(Cg(C(1), "x"), "ab", 2)
gives(Cg(Cg(C(1)) * Cg(1)), "ab", "a", "b")

-- table
gives(Ct"", "a", {})
gives(Ct"a", "a", {})
gives(Ct(C(1)^0), "abc", {"a", "b", "c"})
gives(Ct(Cc(1, nil, 3)), "", {1, nil, 3})
gives(Ct(Cg(1, "x") * Cg(C(1) * C(1), "y") * C(1)), "abcd", {"d", x = "a", y = "b"})
gives(Ct(Cg(Cc(), "x")), "a", {x = ""})
gives(Ct(Cg(Cc(nil), "x")), "a", {})
gives(Ct(Cg(1, "x") * Cg(1, "x")), "ab", {x = "b"})
gives(Ct(Cg(1, 1) * C(1)), "ab", {"b"})
gives(Ct(Cg(Cg(1, "x") * C(1), "y")), "ab", {y = "b"})
gives(Ct(Cg(Cg(1, "x") * C(1))), "ab", {"b"})
gives(Ct(C(Cg(1, "x") * 1)), "ab", {"ab"})
gives(Ct(Ct(Cg(1, "x")) * Cg(Ct(Cg(1, "x")), "y")), "ab", {{x = "a"}, y = {x = "b"}})
gives(Ct(Cg(1, 10) * Cg(1, 2.5) * Cg(1, true)), "abc", {[10] = "a", [2.5] = "b", [true] = "c"})
gives(Ct(Cp() * C(1) * Cc(nil) * Cp()), "ab", {1, "a", nil, 2})
gives(Ct(C(1) / function() return 1, 2, 3 end * C(1)), "ab", {1, 2, 3, "b"})
local many = Ct(C"a"^0):match(("a"):rep(10000))
equal(#many, 10000)
equal(select("#", lpeg.match(C"a"^0, ("a"):rep(5000))), 5000)

-- fold
local function add(a, b) return a + b end
local number = R"09"^1 / tonumber
gives(Cf(number * ("," * number)^0, add), "1,20,300", 321)
gives(Cf(Cc(5), add), "", 5)
gives(Cf(Cc(1, 2, 3) * Cc(4), add), "", 5)
gives(Cf(Cc"" * Cg(C(1) * C(1))^0, function(acc, a, b) return acc .. b .. a .. ";" end), "abcd", "ba;dc;")
gives(Cf(Ct"" * Cg(C(R"az"^1) * "=" * C(R"09"^1) * P","^-1)^0, function(t, k, v) t[k] = v return t end),
   "a=1,bc=23", {a = "1", bc = "23"})
gives(Cf(Cc(0) * (Cg(1, "x") + C"" * 1)^0, function(a, ...) return a * 10 + select("#", ...) end), "ab", 0)
gives(Cf(C(1)^1, function() return nil, 1 end), "ab", nil)
fails("no initial value for fold capture", lpeg.match, Cf(P(1), add), "a")
fails("no initial value for fold capture", lpeg.match, Cf(Cg(1, "x"), add), "a")
fails("no initial value for fold capture", lpeg.match, Cf(P(1) / function() end * C(1), add), "ab")
fails("bad argument #2 to 'Cf' (function expected, got number)", function() return lpeg.Cf(1, 2) end)
