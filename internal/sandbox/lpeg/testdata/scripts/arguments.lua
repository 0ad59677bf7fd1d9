-- Extra arguments of match.
local lpeg = require "lpeg"
equal({lpeg.match(Carg(1), "a", 1, print)}, {print})
equal({lpeg.match(Carg(1) * Carg(2), "a", 1, 10, 20)}, {10, 20})
equal({P(Carg(2) * C(1) * Carg(1)):match("a", 1, "x", "y")}, {"y", "a", "x"})
equal(lpeg.match(Carg(1) * Cc"z", "a", 1, nil), nil)
equal(select("#", lpeg.match(Carg(1), "a", 1, nil)), 1)
equal({lpeg.match(Carg(40), "a", 1, unpack((function() local t = {} for i = 1, 40 do t[i] = i end return t end)()))}, {40})
equal(lpeg.match(Cmt(Carg(1), function(s, i, v) return true, v * 2 end), "a", 1, 5), 10)
equal(lpeg.match(Carg(1) / function(v) return v.x end, "a", 1, {x = 3}), 3)
fails("reference to absent argument #1", function() lpeg.match(Carg(1), "a", 1) end)
fails("reference to absent argument #2", function() lpeg.match(Carg(2), "a", 1, 5) end)
for _, n in ipairs{0, -1, 2^18, 32768} do
   fails("bad argument #1 to 'Carg' (invalid argument index)", function() return lpeg.Carg(n) end)
end
equal(lpeg.type(Carg(32767)), "pattern")
