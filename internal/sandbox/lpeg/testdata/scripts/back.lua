-- Back references.
local lpeg = require "lpeg"

gives(Cg(1, "x") * Cb"x", "a", "a")
gives(Cg(C(1) * C(1), "x") * Cb"x" * Cb"x", "ab", "a", "b", "a", "b")
gives(Cg(1, "x") * Cg(1, "x") * Cb"x", "ab", "b")
gives(Cg(1, "x") * Cg(1, "y") * Cb"x" * Cb"y", "ab", "a", "b")
gives(Cg(Cc(1, nil, 3), "x") * Cb"x", "", 1, nil, 3)
gives(Cg(Cc(), "x") * Cb"x", "", "")
gives(Cg(1, 5) * Cb(5), "a", "a")
gives(Cg(1, print) * Cb(print), "a", "a")
gives(Cg(1, "x") * C(Cb"x" * 1), "ab", "b", "a")
gives(Cg(1, "x") * Ct(Cb"x" * Cg(Cb"x", "x")), "a", {"a", x = "a"})
gives(Cg(1, "x") * Cg(Cb"x" * Cb"x", "x") * Cb"x", "a", "a", "a")
gives(Cg(Cg(1, "x") * Cb"x", "y") * Cb"y", "a", "a")
gives(Cg(Cc(1), "x") * (Cg(Cb"x" / function(n) return n * 2 end, "x") * 1)^0 * Cb"x", ("a"):rep(10), 1024)

-- What is inside a closed capture is out of sight, what is open is not.
for _, close in ipairs{C, Ct, Cs, Cg, function(p) return Cg(p, "y") end, function(p) return p / 0 end} do
   fails("back reference 'x' not found", lpeg.match, close(Cg(1, "x")) * Cb"x", "a")
   gives(Cg(1, "x") * (close(Cg(1, "x") * 1) / 0) * Cb"x", "abc", "a")
end
fails("back reference 'x' not found", lpeg.match, Cb"x", "a")
fails("back reference 'x' not found", lpeg.match, Cb"x" * Cg(1, "x"), "a")
fails("back reference 'x' not found", lpeg.match, Cg(Cb"x", "x") * Cb"x", "a")
fails("back reference '1' not found", lpeg.match, Cb(1), "a")
gives((Cg(1, "x") + Cb"x") * Cb"x", "a", "a")
gives(Cg(1, "x") * (Cg(1, "x") * "z" + "b") * Cb"x", "ab", "a")

-- Long brackets.
local open = "[" * Cg(P"="^0, "level") * "["
local close = "]" * C(P"="^0) * "]"
local closing = Cmt(close * Cb"level", function(s, i, a, b) return a == b end)
local bracket = open * C((1 - closing)^0) * closing / 1
gives(bracket, "[==[a]]b]=]c]==]d", "a]]b]=]c")
gives(bracket, "[[]]", "")
no(bracket, "[=[a]]", "[==[a]=]")
