--[[
Grammar of the query log of BIND 9, written with print-category, print-severity and
print-time.

- query_log_grammar is a sequence of named groups; put it into lpeg.Ct
--]]

local l = require "lpeg"
local dt = require "date_time"
local ip = require "ip_address"

local P, R, S, Cc, Cg, Ct = l.P, l.R, l.S, l.Cc, l.Cg, l.Ct
local tonumber, ipairs = tonumber, ipairs

local space, digit = S" \t\n\v\f\r", R"09"

local seconds = dt.build_strftime_grammar"%d-%b-%Y %H:%M:%S"
local timestamp = Cg(seconds * "." * (digit * digit * digit / tonumber) / function(t, ms)
    return dt.time_to_ns(t) + ms * 1e6
end, "Timestamp")

local label = (R("az", "AZ", "09") + S"_-")^1
local dots = (label * ".")^0
local name = dots * label * P"."^-1 + "."
local query = Cg(label^-1, "QueryName") * P"."^0 * Cg((dots * label * P"."^-1)^-1, "QueryDomain")

local types = P(false)
for _, t in ipairs{"AFSDB", "APL", "AXFR", "CAA", "CDNSKEY", "CDS", "CERT", "CNAME", "DHCID", "DLV", "DNAME",
    "DNSKEY", "DS", "HIP", "HTTPS", "IPSECKEY", "IXFR", "KEY", "KX", "LOC", "MX", "NAPTR", "NSEC3PARAM", "NSEC3",
    "NSEC", "NS", "OPT", "PTR", "RRSIG", "RP", "SIG", "SOA", "SPF", "SRV", "SSHFP", "SVCB", "TA", "TKEY", "TLSA",
    "TSIG", "TXT", "*", "AAAA", "ANY", "A"} do
    types = types + t
end

local flag = "+" * Cc"recursion requested"
    + "-" * Cc"recursion not requested"
    + "E" * P"(0)"^-1 * Cc"EDNS used"
    + "S" * Cc"query signed"
    + "D" * Cc"DNSSEC data wanted"
    + "C" * Cc"no DNSSEC validation check"
    + "T" * Cc"TCP used"

return {
    query_log_grammar = timestamp
        * space * "queries:" * space * "info:" * space * "client" * space
        * Cg(ip.field, "ClientIP") * "#" * Cg(digit^-5, "ClientEphemeralPort")
        * space * "(" * Cg(name, "FullQuery") * "):"
        * space * "query:" * space * query
        * space * Cg(P"IN" + "CH" + "HS", "RecordClass")
        * space * Cg(types, "RecordType")
        * space * Cg(Ct(flag^1), "QueryFlags")
        * space * "(" * Cg(ip.field, "ServerRespondingIP") * ")",
}
