-- The grammar of nginx's combined log format, as the module common_log_format
-- builds it: addresses by kind, the time in its parts, numbers as numbers.
local lpeg = require "lpeg"
local P, R, S, C, Cc, Cg, Ct = lpeg.P, lpeg.R, lpeg.S, lpeg.C, lpeg.Cc, lpeg.Cg, lpeg.Ct

local digit, alpha, hex = R"09", R("az", "AZ"), R("09", "af", "AF")
local space = lpeg.locale().space

local octet = "25" * R"05" + "2" * R"04" * digit + "1" * digit * digit + R"19" * digit + digit
local v4 = octet * "." * octet * "." * octet * "." * octet
local h16 = hex * hex^-3
local ls32 = h16 * ":" * h16 + v4
local h16c = h16 * ":" * -P":"
local function upto(n) return h16 * (":" * h16)^-(n - 1) end
local v6 = h16c * h16c * h16c * h16c * h16c * h16c * ls32
   + "::" * h16c * h16c * h16c * h16c * h16c * ls32
   + upto(1)^-1 * "::" * h16c * h16c * h16c * h16c * ls32
   + upto(2)^-1 * "::" * h16c * h16c * h16c * ls32
   + upto(3)^-1 * "::" * h16c * h16c * ls32
   + upto(4)^-1 * "::" * h16c * ls32
   + upto(5)^-1 * "::" * ls32
   + upto(6)^-1 * "::" * h16
   + upto(7)^-1 * "::"
local hostname = (alpha + digit + S"-._~" + "%" * hex * hex + S"!$&'()*+,;=")^1
local host = Ct(Cg(v4, "value") * Cg(Cc"ipv4", "representation"))
   + Ct(Cg(v6, "value") * Cg(Cc"ipv6", "representation"))
   + Ct(Cg(hostname, "value") * Cg(Cc"hostname", "representation"))

local mday = Cg("0" * R"19" + S"12" * digit + "3" * S"01", "day")
local mabbr = Cg(P"Jan" / "1" + P"Feb" / "2" + P"Mar" / "3" + P"Apr" / "4" + P"May" / "5" + P"Jun" / "6"
   + P"Jul" / "7" + P"Aug" / "8" + P"Sep" / "9" + P"Oct" / "10" + P"Nov" / "11" + P"Dec" / "12", "month")
local year = Cg(digit * digit * digit * digit, "year")
local hour = Cg(S"01" * digit + "2" * R"03", "hour")
local minute = Cg(R"05" * digit, "min")
local second = Cg(R"05" * digit + "60", "sec")
local zone = Cg(S"+-", "offset_sign") * Cg(digit * digit / tonumber, "offset_hour")
   * Cg(digit * digit / tonumber, "offset_min")
local clf = Ct(mday * "/" * mabbr * "/" * year * ":" * hour * ":" * minute * ":" * second * " " * zone)

local integer = P"-"^-1 * digit^1 / tonumber
local size = Ct(Cg(integer, "value") * Cg(Cc"B", "representation"))
local word = (1 - space)^0
local quoted = (P'\\"' + (1 - P'"'))^0

return Ct(Cg(host, "remote_addr") * space^1 * "-" * space^1 * Cg(C(word), "remote_user") * space^1
   * "[" * Cg(clf, "time") * "]" * space^1
   * '"' * Cg(C(quoted), "request") * '"' * space^1
   * Cg(digit * digit * digit / tonumber, "status") * space^1
   * Cg(size, "body_bytes_sent") * space^1
   * '"' * Cg(C(quoted), "http_referer") * '"' * space^1
   * '"' * Cg(C(quoted), "http_user_agent") * '"')
