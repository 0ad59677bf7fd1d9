--[[
Graphs slow queries, from messages of the decoders of their logs: the means for each
row and the number of queries.

Config:

- rows (int, optional, default 1440)
    Rows of the graph.
- sec_per_row (int, optional, default 60)
    Seconds of a row.
- anomaly_config (string, optional, default nil)
    Calls of the module anomaly; the graph is "Statistics".
- preservation_version (int, optional, default 0)
    Raise it when rows or sec_per_row change.
--]]

_PRESERVATION_VERSION = read_config("preservation_version") or 0

require "circular_buffer"
local math = require "math"
local anomaly = require "anomaly"
local graph = require "graph"

local title = "Statistics"
local rows, seconds = read_config("rows") or 1440, read_config("sec_per_row") or 60
local config = anomaly.parse_config(read_config("anomaly_config"))

local columns = {
    {"Query Time", "s", "Query_time"}, {"Lock Time", "s", "Lock_time"},
    {"Rows Examined", "count", "Rows_examined"}, {"Rows Sent", "count", "Rows_sent"},
}
local count = #columns + 1

data = circular_buffer.new(rows, count, seconds)
sums = circular_buffer.new(rows, #columns, seconds)
for i, c in ipairs(columns) do data:set_header(i, c[1], c[2], "none") end
data:set_header(count, "Count", "count", "sum")

function process_message()
    local values = {}
    for i, c in ipairs(columns) do
        values[i] = read_message("Fields[" .. c[3] .. "]")
        if type(values[i]) ~= "number" then return -1 end
    end
    local ns = read_message("Timestamp")
    local n = data:add(ns, count, 1)
    if not n then return 0 end
    for i, c in ipairs(columns) do
        local mean = sums:add(ns, i, values[i]) / n
        if c[2] == "count" then mean = math.floor(mean) end
        data:set(ns, i, mean)
    end
    return 0
end

function timer_event(ns)
    graph.tick(ns, title, data, config)
end
