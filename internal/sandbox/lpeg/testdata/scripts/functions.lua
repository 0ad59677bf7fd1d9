-- Functions as patterns, and function captures.
local lpeg = require "lpeg"

local seen
local function look(...) seen = {n = select("#", ...), ...} return true end
gives(P"a" * look * "b", "ab", 3)
equal(seen, {n = 3, "ab", 2, ""})
gives(P(function(s, i) return i + 2 end) * C(1), "abc", "c")
gives(P(function(s, i) return #s + 1 end) * -1, "abc", 4)
gives(P(function(s, i) return i, "x", nil, "y" end), "abc", "x", nil, "y")
gives(P(function() return true, nil end), "a", nil)
gives(P(function() return "2" end), "a", 2)
no(P(function() return false, 1 end), "a")
no(P(function() return nil end), "a")
no(P(function() end), "a")
gives(P(function() end) + "a", "a", 2)
for _, v in ipairs{0, -1, 5, 2^40, "x", {}} do
   fails("invalid position returned by match-time capture", function() return P(function() return v end):match"abc" end)
end
fails("invalid position returned by match-time capture",
   function() return (P"ab" * P(function() return 2 end)):match"abc" end)
gives(P"ab" * P(function() return 3 end), "abc", 3)
gives(P"ab" * P(function() return 4 end), "abc", 4)

gives(C(1) * C(1) / function(...) return select("#", ...), ... end, "ab", 2, "a", "b")
gives(P"ab" / function(...) return select("#", ...), ... end, "ab", 1, "ab")
gives(P"ab" / function() end, "ab", 3)
gives(P"a" / function() end * C"b", "ab", "b")
gives(Cc(nil, nil) / function(...) return select("#", ...) end, "", 2)
gives(Cc() / function(...) return ... end, "", "")
gives(R"09"^1 / tonumber, "123", 123)
gives((R"09"^1 / tonumber * P","^-1)^0 / math.max, "3,11,7", 11)
gives(P(1) / function() return nil end, "a", nil)
gives(P(1) / function() return nil, nil, 1 end, "a", nil, nil, 1)
gives(Cg(1, "x") / function(...) return select("#", ...), ... end, "a", 1, "a")

-- Only what is part of the match is called, in order, and once.
local order = {}
local function mark(x) order[#order + 1] = x end
local m = C(1) / mark
gives((m * "x" + m * m) * (m * "y")^0, "abcyd", 5)
equal(order, {"a", "b", "c"})

-- Functions may match on their own, also with the same pattern.
local word = C(R"az"^1)
local p
p = word * "(" * C((1 - P")")^0) * ")" / function(name, inner) return name, p:match(inner) end
gives(p, "f(g)", "f", nil)
local depth = Cmt(P(1), function(s, i) return i > #s and i or lpeg.match(p, "a(b)") and i end)
gives(depth, "xyz", 2)
local endless
endless = P(function() return endless:match"a" end)
fails("too many matches inside one another", lpeg.match, endless, "a")
fails("too many matches inside one another", lpeg.match, P(1) / function() return endless:match"a" end, "a")
fails("boom", lpeg.match, P(1) / function() error("boom", 0) end, "a")
fails("boom", lpeg.match, P(function() error("boom", 0) end), "a")
gives(word, "still", "still")
