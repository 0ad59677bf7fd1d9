--[[
Decodes the memory statistics of Linux, the content of /proc/meminfo.

Config:

- payload_keep (bool, optional, default false)
    Keeps the text as payload.
--]]

local l = require "lpeg"

local payload_keep = read_config("payload_keep")

local value = l.Ct(l.Cg(l.R"09"^1 / tonumber, "value") * l.Cg(" " * l.C"kB" + l.Cc"", "representation"))
local line = l.Cg(l.C((1 - l.S":\n")^1) * ":" * l.P" "^0 * value * "\n")
local grammar = l.Cf(l.Ct(l.P(true)) * line^1, rawset)

function process_message()
    local payload = read_message("Payload")
    local fields = grammar:match(payload)
    if not fields then return -1 end
    fields.FilePath = read_message("Fields[FilePath]")
    inject_message{Type = "stats.memstats", Payload = payload_keep and payload or nil, Fields = fields}
    return 0
end
