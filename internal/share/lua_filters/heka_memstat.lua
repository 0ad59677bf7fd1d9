--[[
Graphs heka's own memory, from the messages heka.memstat.

Config:

- rows (int, optional, default 1440)
    Rows of the graph.
- sec_per_row (int, optional, default 60)
    Seconds of a row.
- anomaly_config (string, optional, default nil)
    Calls of the module anomaly; the graph is "Stats".
- preservation_version (int, optional, default 0)
    Raise it when rows or sec_per_row change.
--]]

_PRESERVATION_VERSION = read_config("preservation_version") or 0

require "circular_buffer"
local anomaly = require "anomaly"
local graph = require "graph"

local title = "Stats"
local config = anomaly.parse_config(read_config("anomaly_config"))

local columns = {"HeapSys", "HeapAlloc", "HeapIdle", "HeapInuse", "HeapReleased", "HeapObjects"}

data = circular_buffer.new(read_config("rows") or 1440, #columns, read_config("sec_per_row") or 60)
for i, name in ipairs(columns) do data:set_header(i, name, name == "HeapObjects" and "count" or "B", "max") end

function process_message()
    local ns = read_message("Timestamp")
    for i, name in ipairs(columns) do
        local v = read_message("Fields[" .. name .. "]")
        if type(v) == "number" then data:set(ns, i, v) end
    end
    return 0
end

function timer_event(ns)
    graph.tick(ns, title, data, config)
end
