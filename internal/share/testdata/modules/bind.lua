local l = require "lpeg"
local grammar = l.Ct(require "bind".query_log_grammar)

local function line(query, flags, client)
    return "27-May-2015 21:06:49.246 queries: info: client " .. client .. "#41242 (" .. query .. "): query: "
        .. query .. " IN " .. flags .. " (10.0.1.71)"
end

function process_message()
    local want = {
        Timestamp = 1432760809246 * 1e6, ClientIP = {value = "10.0.1.70", representation = "ipv4"},
        ClientEphemeralPort = "41242", FullQuery = "webserver.company.com", QueryName = "webserver",
        QueryDomain = "company.com", RecordClass = "IN", RecordType = "A",
        QueryFlags = {"recursion requested", "EDNS used"},
        ServerRespondingIP = {value = "10.0.1.71", representation = "ipv4"},
    }
    equal("vector", grammar:match(line("webserver.company.com", "A +E", "10.0.1.70")), want)
    want.ClientIP = {value = "::1", representation = "ipv6"}
    want.RecordType = "DLV"
    want.QueryFlags = {"recursion not requested", "query signed", "DNSSEC data wanted", "no DNSSEC validation check", "TCP used"}
    equal("IPv6 and all flags", grammar:match(line("webserver.company.com", "DLV -SDCT", "::1")), want)
    equal("unknown type", grammar:match(line("webserver.company.com", "XYZ +", "::1")), nil)
    equal("single label", grammar:match(line("localhost", "AAAA +", "::1")).QueryName, "localhost")
    return 0
end
