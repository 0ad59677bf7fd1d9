-- What takes an entry of the backtrack stack, and what does not.
local lpeg = require "lpeg"
local overflow = "too many pending calls/choices"

-- The limit is exact: an entry for the match, one for the call of the grammar,
-- and two for each level.
local deep = P{"0" * V(1) + "0"}
local zeros = ("0"):rep(10000)
lpeg.setmaxstack(20000)
fails(overflow, lpeg.match, deep, zeros)
lpeg.setmaxstack(20001)
fails(overflow, lpeg.match, deep, zeros)
lpeg.setmaxstack(20002)
gives(deep, zeros, 10001)
lpeg.setmaxstack(20004)
gives(deep, zeros, 10001)
lpeg.setmaxstack(200)
fails(overflow, lpeg.match, deep, ("0"):rep(100))
gives(deep, ("0"):rep(99), 100)

-- The end of a rule is no reason to return.
lpeg.setmaxstack(5)
local tail = P{"0" * V(1) + P(-1)}
for _, n in ipairs{1000, 40000} do gives(tail, ("0"):rep(n), n + 1) end
local pair = P{V"a" * -1, a = "x" * V"b" + "y" * V"a" + "z", b = "x" * V"a" + "y" * V"b" + "z"}
gives(pair, ("xyxyy"):rep(8000) .. "z", 40002)
gives(P{P"x" + 1 * V(1)}, ("a"):rep(40000) .. "x", 40002)

-- Repetitions need no entry where the next byte tells, and one otherwise.
local long = ("ab"):rep(1000)
lpeg.setmaxstack(1)
gives(S"ab"^0 * -1, long, 2001)
gives((P"a" * "b")^0 * -1, long, 2001)
gives((P"ab" + "cd")^0, long, 2001)
gives((P"a" + P"b")^0 * "c", long .. "c", 2002)
gives((P"a" * P"b"^-1)^0, long, 2001)
gives((P"x" * "y" + "a" * P"b" + "c" * P"d")^0 * -1, long, 2001)
gives((P"a" * S"bc" * -P"z")^0 * "z", ("ab"):rep(10) .. "z", nil)
lpeg.setmaxstack(2)
gives((P"ab" * #P(1))^0 * C(1), "ababa", "a")
gives((S"ab" * #P"b" + S"ab")^0, long, 2001)
fails(overflow, lpeg.match, (P"a" * (P"a" * "b" * "c" + P"a" * "d" * "e"))^0, "aabc")
lpeg.setmaxstack(3)
gives((P"a" * (P"a" * "b" * "c" + P"a" * "d" * "e"))^0, "aabcaade", 9)

-- Optional parts at the end of one another share an entry.
lpeg.setmaxstack(2)
local nested = P""
for i = 1, 50 do nested = (P"a" * P"a" * nested)^-1 end
gives(nested, ("a"):rep(100), 101)
gives((P"ab" * "c")^-20 * P"ab"^-1, ("abc"):rep(10) .. "ab", 33)

lpeg.setmaxstack(200)
local level = P{("a" * V(1))^0 * "b" + "c"}
gives(level, ("a"):rep(180) .. "c" .. ("b"):rep(180), 362)
fails(overflow, lpeg.match, level, ("a"):rep(200) .. "c" .. ("b"):rep(200))

fails("bad argument #1 to 'setmaxstack' (out of range)", function() lpeg.setmaxstack(0) end)
