--[[
Decodes the statistics of a disk in Linux, the content of /sys/block/DISK/stat.

Config:

- payload_keep (bool, optional, default false)
    Keeps the text as payload.
--]]

local l = require "lpeg"

local payload_keep = read_config("payload_keep")

local columns = {
    "ReadsCompleted", "ReadsMerged", "SectorsRead", "TimeReading", "WritesCompleted", "WritesMerged",
    "SectorsWritten", "TimeWriting", "NumIOInProgress", "TimeDoingIO", "WeightedTimeDoingIO",
}

local space = l.S" \t\n\v\f\r"
local number = l.R"09"^1 / tonumber
local row = l.P(true)
for _, name in ipairs(columns) do row = row * space^0 * l.Cg(number, name) end
-- Later kernels have more columns.
local grammar = l.Ct(row * (l.S" \t"^1 * l.R"09"^1)^0 * l.S" \t"^0 * "\n")

function process_message()
    local payload = read_message("Payload")
    local fields = grammar:match(payload)
    if not fields then return -1 end
    fields.FilePath = read_message("Fields[FilePath]")
    fields.TickerInterval = read_message("Fields[TickerInterval]")
    inject_message{Type = "stats.diskstats", Payload = payload_keep and payload or nil, Fields = fields}
    return 0
end
