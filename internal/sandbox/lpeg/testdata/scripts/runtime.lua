-- Match-time captures.
local lpeg = require "lpeg"

local function id(s, i, ...) return true, ... end
gives(Cmt(C(1) * C(1), id), "ab", "a", "b")
gives(Cmt(P"ab", id), "ab", "ab")
gives(Cmt(P"ab", function(s, i) return i - 0 end), "ab", 3)
gives(Cmt(1, function(s, i, c) return true, c, nil end), "a", "a", nil)
gives(Cmt(Cg(C(1), "x") * C(1), id), "ab", "b")
gives(Cmt(Cg(C(1), "x"), id) * Cp(), "ab", "a", 2)
gives(Cmt(1, function(s, i) return i + 1 end) * C(1), "abc", "c")
gives(C(Cmt(1, function(s, i) return i + 1 end)), "abc", "ab")
gives(Cs(1 * Cmt(1, function(s, i) return i + 1, "<>" end) * 1), "abcd", "a<>d")
gives(Cmt(Cmt(C(1), id) * Cmt(C(1), id), function(s, i, ...) return true, select("#", ...), ... end), "ab", 2, "a", "b")
gives(Ct(Cmt(C(1), id)^0), "abc", {"a", "b", "c"})
gives(Ct(Cg(Cmt(C(1), id), "x") * Cmt(1, function() return true end)), "ab", {x = "a"})
gives(Cf(Cmt("", function() return true, 0, 5 end) * Cmt(1, function() return true, 1, 2 end)^0,
   function(acc, a, b) return acc + a * b end), "abc", 6)
gives(Cmt(C(1), id) / "<%1>", "a", "<a>")

-- The captures inside are evaluated at once, those outside when all is done.
local order = {}
local function mark(name) return function(...) order[#order + 1] = name return ... end end
gives((P"a" / mark"late") * Cmt(P"b" / mark"early", function(...) order[#order + 1] = "now" return true end) * "c", "abc", "a")
equal(order, {"early", "now", "late"})

-- What was given is taken back with the alternative that it was given in.
gives((Cmt(C(1), id) * "x" + C(1)) * C(1), "ab", "a", "b")
gives((Cmt(C(1), id)^1 * "x" + C(1)^1), "abcde", "a", "b", "c", "d", "e")
gives(((Cmt(C(1), id) * Cmt(C(1), id) * "x") + Cmt(C(1), id) * 1)^0, "abx" .. "cd", "a", "b", "c")
gives(#Cmt(C(1), id) * Cmt(C(1), id), "ab", "a")
gives(-Cmt("", function() return false, 1 end) * Cmt(C(1), id), "ab", "a")
gives(Cmt(Cmt(C(1), id) * C(1), function(s, i, a, b) return true, b, a end) * Cmt(C(1), id), "abc", "b", "a", "c")
gives(Cmt(Cmt(C(1), id), function() return true end) * Cmt(C(1), id), "ab", "b")
gives(Cg(Cmt(C(1), id), "x") * Cmt(Cb"x", id) * Cb"x", "a", "a", "a")

-- Many of them.
local n = 0
local p = Cmt(C(1), function(s, i, c) n = n + 1 return true, n, c, {} end)
local all = {lpeg.match(p^0, ("a"):rep(500))}
equal(#all, 1500)
equal(all[1498], 500)
equal(select("#", lpeg.match(Cmt(1, function() return true end)^0 * Cp(), ("a"):rep(500))), 1)
local t = Ct((Cmt(C(1), id) * "b" + Cmt(C(1), id))^0):match(("ab" .. "a"):rep(200))
equal(#t, 400)

-- Counting and stopping.
local left = 3
gives((Cmt(1, function() left = left - 1 return left >= 0 end))^0 * C(1), "abcde", "d")
