--[[
Decodes the statistics of network protocols in Linux, the content of /proc/net/netstat
or /proc/net/snmp.

Config:

- payload_keep (bool, optional, default false)
    Keeps the text as payload.
--]]

local l = require "lpeg"

local payload_keep = read_config("payload_keep")

local letter = l.R("az", "AZ", "09") + l.S"_-"
local protocol = l.C(letter^1) * ":"
local names = l.Ct((" " * l.C(letter^1))^0) * l.P" "^0 * "\n"
local values = l.Ct((" " * (l.P"-"^-1 * l.R"09"^1 / tonumber))^0) * l.P" "^0 * "\n"
local grammar = l.Ct(l.Ct(protocol * names * (letter^1 * ":") * values)^1)

function process_message()
    local payload = read_message("Payload")
    local pairs_of_lines = grammar:match(payload)
    if not pairs_of_lines then return -1, "Failed to match grammar" end
    local fields = {FilePath = read_message("Fields[FilePath]")}
    for _, p in ipairs(pairs_of_lines) do
        for i, name in ipairs(p[2]) do
            if p[3][i] then fields[p[1] .. "_" .. name] = {value = p[3][i], value_type = 2} end
        end
    end
    inject_message{Type = "stats.netstat", Payload = payload_keep and payload or nil, Fields = fields}
    return 0
end
