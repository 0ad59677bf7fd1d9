--[[
Grammars of IP addresses.

- v4 and v6 are LPeg patterns without captures
- field matches either and gives {value = text, representation = "ipv4" or "ipv6"}

A pattern matches the longest address that its alternatives allow at the start of
the subject, not necessarily all of it.
--]]

local l = require "lpeg"

local digit, hex = l.R"09", l.R("09", "af", "AF")

local octet = "1" * digit * digit
            + "2" * l.R"04" * digit
            + "25" * l.R"05"
            + l.R"19" * digit
            + digit
local v4 = octet * "." * octet * "." * octet * "." * octet

local h16 = hex * hex^-3
local group = h16 * ":"
local last32 = group * h16 + v4

-- groups(n, tail) is an address whose first n groups at most stand before "::".
local function groups(n, tail)
    return (group * group^-(n - 1) + ":") * ":" * tail
end

local g2 = group * group
local v6 = g2 * g2 * g2 * last32
         + "::" * g2 * g2 * group * last32
         + h16^-1 * "::" * g2 * g2 * last32
         + groups(2, g2 * group * last32)
         + groups(3, g2 * last32)
         + groups(4, group * last32)
         + groups(5, last32)
         + groups(6, h16)
         + groups(7, l.P(true))

local function field(p, representation)
    return l.Ct(l.Cg(p, "value") * l.Cg(l.Cc(representation), "representation"))
end

return {v4 = v4, v6 = v6, field = field(v4, "ipv4") + field(v6, "ipv6")}
