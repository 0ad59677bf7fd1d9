--[[
Decodes the load of Linux, the content of /proc/loadavg.

Config:

- payload_keep (bool, optional, default false)
    Keeps the text as payload.
--]]

local l = require "lpeg"

local payload_keep = read_config("payload_keep")

local space, digit = l.S" \t\n\v\f\r", l.R"09"
local average = digit^1 * "." * digit^1 / tonumber

local grammar = l.Ct(l.Cg(average, "1MinAvg") * space * l.Cg(average, "5MinAvg") * space
    * l.Cg(average, "15MinAvg") * space * l.Cg(digit^1 / tonumber, "NumProcesses") * "/")

function process_message()
    local payload = read_message("Payload")
    local fields = grammar:match(payload)
    if not fields then return -1 end
    fields.FilePath = read_message("Fields[FilePath]")
    inject_message{Type = "stats.loadavg", Payload = payload_keep and payload or nil, Fields = fields}
    return 0
end
