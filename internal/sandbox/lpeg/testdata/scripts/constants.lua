-- Constant patterns, and what is left of them next to others.
local lpeg = require "lpeg"

equal(lpeg.version(), "0.12")
equal(lpeg.type(P"a"), "pattern")
equal(lpeg.type("a"), nil)
equal(lpeg.type(io), nil)
equal(lpeg.type(), nil)

gives(P(true), "a", 1)
gives(P"", "a", 1)
gives(P(0), "", 1)
no(P(false), "a", "")
gives(P(false) + "a", "a", 2)
gives(P(true) + "a", "a", 1)
gives(P"a" + true, "b", 1)
gives(P"a" * true, "a", 2)
gives(true * P"a", "a", 2)
no(P"a" * false, "a")
no(false * P"a", "a")
gives(-P(false), "a", 1)
no(-P(true), "a")
gives(#P(true) * "a", "a", 2)
no(#P(false) * "a", "a")
gives(P"abc" * P"def", "abcdef", 7)
equal(P(1) == P(1), false)
local p = P"x"
equal(P(p) == p, true)

-- What cannot be seen from outside must not be dropped either.
local called = 0
local f = function() called = called + 1 return false end
gives(f * P(false) + "b", "b", 2)
equal(called, 1)
gives(P"b" + f, "b", 2)
equal(called, 1)
no(P"b" + f, "c")
equal(called, 2)
gives(P"ab" + f + "ac", "ac", 3)
equal(called, 3)
no(#P"c" * f, "c")
equal(called, 4)
no(#P"c" * f, "d")
equal(called, 4)

-- Loops over what might be empty are refused, whatever is left of it.
fails("loop body may accept empty string", function() return (P(true) * "")^0 end)
gives((P(false) + "a")^0, "aaa", 4)
gives((P"a" * true)^1, "aaa", 4)
gives((false + P"a" - "b")^2, "aaa", 4)
