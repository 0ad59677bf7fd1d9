-- Grammars, good and bad.
local lpeg = require "lpeg"

local function bad(message, t) fails(message, lpeg.P, t) end

bad("grammar has no initial rule", {})
bad("grammar has no initial rule", {"a"})
bad("grammar has no initial rule", {"a", b = P(1)})
bad("grammar has no initial rule", {3, P(1)})
bad("initial rule '1' is not a pattern", {{}})
bad("initial rule '1' is not a pattern", {true})
bad("initial rule 'S' is not a pattern", {"S", S = "abc"})
bad("initial rule 'S' is not a pattern", {"S", S = 1})
bad("rule 'x' is not a pattern", {P(1), x = "abc"})
bad("rule '2' is not a pattern", {P(1), 5})
bad("rule 'x' undefined in given grammar", {V"x"})
bad("rule '2' undefined in given grammar", {V(2)})
bad("rule '(a table)' undefined in given grammar", {V{}})
bad("rule 'x' undefined in given grammar", {P(1), y = V"x"})
bad("rule 'y' undefined in given grammar", {V"x", x = V"y"})
bad("rule '1' may be left recursive", {V(1)})
bad("rule '1' may be left recursive", {P"a"^0 * V(1) + "b"})
bad("rule '1' may be left recursive", {#V(1) * "a"})
bad("rule '1' may be left recursive", {-V(1) * "a"})
bad("rule '1' may be left recursive", {C(V(1)) + "a"})
bad("rule '1' may be left recursive", {P"a" + P"b"^0 * V(1)})
bad("rule 'x' may be left recursive", {V"x", x = V"x" + "a"})
bad("rule '(a table)' may be left recursive", (function() local t = {} return {V(t), [t] = V(t)} end)())
bad("rule 'B' may be left recursive", {"A", A = V"B", B = V"C" + "b", C = P"c"^-1 * V"A"})
bad("empty loop in rule '1'", {V"x"^0, x = P"a"^-1})
bad("empty loop in rule 'x'", {"x", x = V"y"^0 * "b", y = P""})
bad("empty loop in rule 'x'", {V"x", x = "b" * V"y"^1, y = -P"a"})
equal(lpeg.type(P{P(1), unused = V"x"^0, x = P""}), "pattern")
bad("rule 'x' may be left recursive", {P(1), x = V"x"})
equal(lpeg.type(P{V"x" + "", x = P"a"}), "pattern")
fails("rule 'x' used outside a grammar", lpeg.match, V"x", "a")
fails("rule 'x' used outside a grammar", lpeg.match, "a" * (P"b" + V"x"), "a")
fails("rule '(a function)' used outside a grammar", lpeg.match, V(print), "a")
fails("bad argument #1 to 'V' (non-nil value expected)", function() return lpeg.V() end)

local t = {P"a"}
for i = 2, 251 do t[i] = P"a" end
bad("grammar has too many rules", t)
t[251] = nil
equal(lpeg.type(P(t)), "pattern")

-- Initial rules by number, name and other values.
gives(P{P"a"}, "a", 2)
gives(P{"S", S = P"a"}, "a", 2)
gives(P{2, P"a"}, "a", 2)
gives(P{P"a" * V(2), P"b" * V(3), P"c"}, "abc", 4)
local key = {}
gives(P{V(key) * V(print) * V(true), [key] = P"a", [print] = P"b", [true] = (P"c")}, "abc", 4)

-- Nesting of parentheses, numbers of as and bs.
local balanced = P{"(" * ((1 - S"()") + V(1))^0 * ")"}
gives(balanced, "(a(b)(c(d)))e", 13)
no(balanced, "(a(b)", "a")
local equalNumber = P{"S",
   S = "a" * V"B" + "b" * V"A" + "",
   A = "a" * V"S" + "b" * V"A" * V"A",
   B = "b" * V"S" + "a" * V"B" * V"B",
} * -1
gives(equalNumber, "abaabbba", 9)
no(equalNumber, "aba", "bbaaa")
gives(P{"a" * V(1) * "b" + "c"}, "aacbb", 6)
gives(P{"S", S = "(" * V"S" * ")" + #P")"} * C(P")"^0), "(()))", ")")

-- A sub-grammar is closed.
gives(P{"S", S = V"x" * P{"x", x = P"b"} * V"x", x = P"a"}, "aba", 4)
bad("rule 'x' undefined in given grammar", {P{P"a"} * V"x"})
fails("rule 'x' undefined in given grammar", function() return P{"S", S = P{"T", T = V"x"}, x = P"a"} end)
local inner = P{"a" * V(1) + "b"}
gives(P{inner * ("," * V(1))^-1}, "aab,ab,b", 9)
gives((inner + "c")^0, "abcaab", 7)

-- An open pattern serves in several grammars.
local item = C(V"word") * P","^-1
gives(P{item^0, word = R"az"^1}, "ab,cd", "ab", "cd")
gives(P{item^0, word = R"09"^1}, "12,3", "12", "3")
gives(P{"S", S = item * item, word = P(1)}, "xy", "x", "y")

-- A chain of a hundred rules.
local rules = {"r1"}
for i = 1, 99 do rules["r" .. i] = P(string.char(i)) * V("r" .. i + 1) * string.char(i) end
rules.r100 = P"!"
local up, down = {}, {}
for i = 1, 99 do up[i], down[100 - i] = string.char(i), string.char(i) end
gives(P(rules), table.concat(up) .. "!" .. table.concat(down), 200)
