--[[
Decodes the statistics of the kernel of Linux, the content of /proc/stat, into a field
with an array of numbers for each line.

Config:

- payload_keep (bool, optional, default false)
    Keeps the text as payload.
--]]

local l = require "lpeg"

local payload_keep = read_config("payload_keep")

local numbers = l.Ct((l.P" "^1 * (l.R"09"^1 / tonumber))^1)
local line = l.Cg(l.C((l.R("az", "AZ", "09") + "_")^1) * numbers * l.P" "^0 * "\n")
local grammar = l.Cf(l.Ct(l.P(true)) * line^1, rawset)

function process_message()
    local payload = read_message("Payload")
    local fields = grammar:match(payload)
    if not fields then return -1 end
    inject_message{Type = "stats.procstat", Payload = payload_keep and payload or nil, Fields = fields}
    return 0
end
