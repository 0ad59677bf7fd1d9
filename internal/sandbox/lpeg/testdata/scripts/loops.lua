-- Loops whose body may match without consuming are refused.
local lpeg = require "lpeg"
local empty = "loop body may accept empty string"
local bodies = {
   P"", P(true), P(0), P"a"^0, P"a"^-1, #P"a", -P"a", P"a"^0 * P"b"^0, P"a" + P"",
   P"a" + P"b"^0, C"", Cp(), Cc(1), Ct(P"a"^0), Cg(P"a"^-1, "x"), Cmt(P"a"^0, print), P(print),
   Cs(P"" + "a"), B"a", P{P"a"^0}, P{V"x", x = P"a" + ""}, P"" * #P"a",
}
for _, body in ipairs(bodies) do
   fails(empty, function() return body^0 end)
   fails(empty, function() return body^1 end)
   fails(empty, function() return body^3 end)
   equal(lpeg.type(body^-1), "pattern")
end
for _, body in ipairs{P"a", P(1), S"ab", R"ab", #P"a" * 1, P"a"^0 * "b", P"a" + "b", C"a", P(false), S"", P{"a" * V(1)^0 + "b"}} do
   equal(lpeg.type(body^0), "pattern")
end
gives((P"a"^-1)^-2, "aaa", 3)
gives((P"")^-3, "aaa", 1)
gives((#P"a")^-2 * C(1), "aaa", "a")
