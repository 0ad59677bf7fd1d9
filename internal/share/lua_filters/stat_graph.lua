--[[
Graphs statistics of heka.statmetric messages, which have them in fields.

Config:

- title (string, optional, default "Stats")
    Title of the graph.
- rows (int, optional, default 300)
    Rows of the graph.
- sec_per_row (int, optional, default 1)
    Seconds of a row.
- stats (string, required)
    Names of the statistics, separated by blanks.
- stat_labels (string, required)
    Names of their columns, separated by blanks.
- stat_aggregation (string, optional, default "sum")
    How columns are aggregated: sum, min, max or none.
- stat_unit (string, optional, default "count")
    Unit of the columns.
- anomaly_config (string, optional, default nil)
    Calls of the module anomaly; the graph has the title.
- preservation_version (int, optional, default 0)
    Raise it when rows, sec_per_row or stats change.
--]]

_PRESERVATION_VERSION = read_config("preservation_version") or 0

require "circular_buffer"
require "string"
local anomaly = require "anomaly"
local graph = require "graph"

local function words(text)
    local list = {}
    for word in string.gmatch(text, "%S+") do list[#list + 1] = word end
    return list
end

local title = read_config("title") or "Stats"
local stats = words(read_config("stats") or error("stats configuration must be specified"))
local labels = words(read_config("stat_labels") or error("stat_labels configuration must be specified"))
if #stats ~= #labels then error("stats and stat_labels configuration must have the same number of items") end
local unit = read_config("stat_unit") or "count"
local aggregation = read_config("stat_aggregation") or "sum"
local config = anomaly.parse_config(read_config("anomaly_config"))

data = circular_buffer.new(read_config("rows") or 300, #stats, read_config("sec_per_row") or 1)
for i, label in ipairs(labels) do data:set_header(i, label, unit, aggregation) end

function process_message()
    local seconds = read_message("Fields[timestamp]")
    if type(seconds) ~= "number" then return -1 end
    for i, name in ipairs(stats) do
        local v = read_message("Fields[" .. name .. "]")
        if type(v) == "number" then data:add(seconds * 1e9, i, v) end
    end
    return 0
end

function timer_event(ns)
    graph.tick(ns, title, data, config)
end
