-- Captures of texts around the length of 255 bytes, where some implementations
-- change their ways.
for n = 240, 270 do
   local s = ("x"):rep(n)
   gives(C(P(n)), s .. "y", s)
   gives(C(P(s)), s, s)
   gives(C(P"x"^0), s, s)
   gives(Cs(C(n)), s, s)
   gives(Ct(Cg(P(n), "text")), s, {text = s})
   gives(C(P(n)) * Cp(), s, s, n + 1)
   gives(P(n) / "%0%0", s, s .. s)
   gives(P(n) / 1, s, s)
   gives(P(n) / string.len, s, n)
   gives(Cs(Cg(P(n))), s, s)
   gives(C(P(n) * C(1)), s .. "y", s .. "y", "y")
   gives(P(n) * C(0), s, "")
   gives(P(n) * Cc(n), s, n)
end
local long = ("abc"):rep(10000)
gives(C(P(1)^0), long, long)
gives(Cs((P"b" / "")^0 * (1 * (P"b" / "")^0)^0), long, ("ac"):rep(10000))
gives(Cs((P"b" / "B" + 1)^0), long, ("aBc"):rep(10000))
gives(P(1)^0 / "<%0>", long, "<" .. long .. ">")
gives(C(P(10000)) * C(1)^0 / "%2%1%3", long, "b" .. long:sub(1, 10000) .. "c")
