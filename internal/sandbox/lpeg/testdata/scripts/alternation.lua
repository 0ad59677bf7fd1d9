-- Ordered choice in all kinds of combinations: the first alternative that
-- matches is taken, whatever the next byte says about the others.
local function choice(...)
   local p = P(false)
   for i = 1, select("#", ...) do p = p + Cc(i) * (select(i, ...)) * Cp() end
   return p
end
local function first(alternatives, cases)
   local p = choice(unpack(alternatives))
   for s, want in pairs(cases) do
      if want then gives(p, s, want[1], want[2]) else no(p, s) end
   end
end

first({P"a", P"b"}, {a = {1, 2}, b = {2, 2}, c = false, [""] = false})
first({P"ab", P"a"}, {ab = {1, 3}, ac = {2, 2}, a = {2, 2}, b = false})
first({P"a", P"ab"}, {ab = {1, 2}, a = {1, 2}})
first({P"ab", P"ac", P"ad"}, {ab = {1, 3}, ac = {2, 3}, ad = {3, 3}, ae = false, a = false})
first({P"ab", P"cd", P"ef", P"gh"}, {ab = {1, 3}, cd = {2, 3}, ef = {3, 3}, gh = {4, 3}, eh = false, [""] = false})
first({P"ab", P"cd", P"ae", P"ch", P"a"}, {ab = {1, 3}, cd = {2, 3}, ae = {3, 3}, ch = {4, 3}, ax = {5, 2}, cx = false})
first({S"ab", S"bc"}, {a = {1, 2}, b = {1, 2}, c = {2, 2}, d = false})
first({S"ab" * "x", S"bc" * "y"}, {ax = {1, 3}, bx = {1, 3}, by = {2, 3}, cy = {2, 3}, ay = false})
first({P"a"^0 * "b", P"a"^0 * "c"}, {aab = {1, 4}, aac = {2, 4}, b = {1, 2}, c = {2, 2}, aad = false})
first({P"a"^1, P"b"^1, P"c"^1, P"d"^0}, {aa = {1, 3}, bb = {2, 3}, cc = {3, 3}, dd = {4, 3}, e = {4, 1}, [""] = {4, 1}})
first({P(3), P(2), P(1)}, {abc = {1, 4}, ab = {2, 3}, a = {3, 2}, [""] = false})
first({-P"a" * 1, P"a" * "b"}, {b = {1, 2}, ab = {2, 3}, a = false})
first({#P"ab" * "a", P"a"}, {ab = {1, 2}, ac = {2, 2}, b = false})
first({P(-1), P"x"}, {[""] = {1, 1}, x = {2, 2}, y = false})
first({P"x" * -1, P"x"}, {x = {1, 2}, xy = {2, 2}})
first({P"", P"x"}, {x = {1, 1}, [""] = {1, 1}})
first({P"a"^-1 * "b", P"a"}, {ab = {1, 3}, b = {1, 2}, a = {2, 2}})
first({P"\0", P"\255", P(1)}, {["\0"] = {1, 2}, ["\255"] = {2, 2}, a = {3, 2}})
first({P{P"a" * V(1) + "b"}, P"a"}, {aab = {1, 4}, aa = {2, 2}, b = {1, 2}})
first({C"ab", C"a" * C"c"}, {})
gives(C"ab" + C"a" * C"c", "ac", "a", "c")
gives(C"ab" + C"a" * C"c", "ab", "ab")
gives((C"a" + C"b" + C"c" + C"d")^0, "dcbax", "d", "c", "b", "a")
gives((P"ab" + "abc" + "b")^0, "abcb", 3)
gives((P"abc" + "ab" + "b")^0, "abcbabb", 8)
gives(P"a" * (P"b" + "c") * "d" + "ace", "ace", 4)
gives((P"a" + "b") * (P"c" + "d") + "bz", "bz", 3)
no((P"a" + "ab") * "c", "abc")
gives((P"ab" + "a") * "c", "abc", 4)

-- Many alternatives.
local words, p = {}, P(false)
for i = 1, 300 do words[i] = ("%c%d;"):format(97 + i % 26, i) end
for i, w in ipairs(words) do p = p + P(w) * Cc(i) end
for i, w in ipairs(words) do gives(p, w, i) end
no(p, "a0;", "", "#")
local bytes = P(false)
for c = 0, 255 do bytes = bytes + P(string.char(c)) * "!" * Cc(c) end
for c = 0, 255 do gives(bytes, string.char(c) .. "!", c) no(bytes, string.char(c)) end

-- What follows a choice or repetition does not bring back what it passed over.
gives((P"a" + "aa") * "b" + "aab", "aab", 4)
gives(P"a"^-1 * "ab" + "a", "ab", 2)
gives((P"a" * "b")^0 * "ac", "ababac", 7)
gives((C"a" * "b")^0 * C"ac", "ababac", "a", "a", "ac")
gives(((P"a" + "b") * "c")^0 * C(1), "acbcad", "a")
