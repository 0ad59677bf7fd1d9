--[[
Graphs the memory of Linux, from messages of the decoder linux_memstats.

Config:

- rows (int, optional, default 1440)
    Rows of the graph.
- sec_per_row (int, optional, default 60)
    Seconds of a row.
- anomaly_config (string, optional, default nil)
    Calls of the module anomaly; the graph is "Memory Stats".
- preservation_version (int, optional, default 0)
    Raise it when rows or sec_per_row change.
--]]

_PRESERVATION_VERSION = read_config("preservation_version") or 0

require "circular_buffer"
local anomaly = require "anomaly"
local graph = require "graph"

local title = "Memory Stats"
local config = anomaly.parse_config(read_config("anomaly_config"))

local columns = {"MemFree", "Cached", "Active", "Inactive", "VmallocUsed", "Shmem", "SwapCached", "SwapFree",
    "SwapUsed"}

data = circular_buffer.new(read_config("rows") or 1440, #columns, read_config("sec_per_row") or 60)
for i, name in ipairs(columns) do data:set_header(i, name, "Count", "max") end

function process_message()
    local values = {}
    for i = 1, #columns - 1 do
        values[i] = read_message("Fields[" .. columns[i] .. "]")
        if type(values[i]) ~= "number" then return -1 end
    end
    local swap = read_message("Fields[SwapTotal]")
    if type(swap) ~= "number" then return -1 end
    values[#columns] = swap - values[#columns - 1]
    local ns = read_message("Timestamp")
    for i, v in ipairs(values) do data:set(ns, i, v) end
    return 0
end

function timer_event(ns)
    graph.tick(ns, title, data, config)
end
