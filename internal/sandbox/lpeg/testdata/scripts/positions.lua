-- Where a match begins.
local lpeg = require "lpeg"
local p = Cp()
for init, want in pairs{[1] = 1, [2] = 2, [5] = 5, [6] = 6, [7] = 6, [1000] = 6, [0] = 6,
   [-1] = 5, [-2] = 4, [-5] = 1, [-6] = 1, [-1000] = 1, ["3"] = 3, [2.9] = 2} do
   from(p, "alloy", init, want)
   equal(p:match("alloy", init), want)
end
from(p, "", 1, 1)
from(p, "", 0, 1)
from(p, "", -3, 1)
from(p, "", 10, 1)
from(P"lo", "hello", 4, 6)
from(P"o", "hello", -1, 6)
from(P"hello", "hello", 2, nil)
equal(lpeg.match("he", "hello"), 3)
equal(lpeg.match(3, "hello"), 4)
equal(lpeg.match(P"12", 123), 3)
equal(lpeg.match(C(2), 12.5), "12")
fails("bad argument #2 to 'match' (string expected, got nil)", function() lpeg.match(P"a", nil) end)
fails("bad argument #2 to 'match' (string expected, got no value)", function() lpeg.match(P"a") end)
fails("bad argument #1 to 'match' (lpeg-pattern expected, got nil)", function() lpeg.match(nil, "a") end)
fails("bad argument #3 to 'match' (number expected, got string)", function() lpeg.match(P"a", "a", "x") end)
