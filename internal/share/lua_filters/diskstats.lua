--[[
Graphs the work of a disk, from messages of the decoder linux_diskstats. A row is as
long as their TickerInterval.

Config:

- rows (int, optional, default 1440)
    Rows of the graphs.
- anomaly_config (string, optional, default nil)
    Calls of the module anomaly; the graphs are "Disk Stats" and "Time doing IO".
--]]

require "circular_buffer"
local anomaly = require "anomaly"
local graph = require "graph"

local rows = read_config("rows") or 1440
local config = anomaly.parse_config(read_config("anomaly_config"))

local counters = {"WritesCompleted", "ReadsCompleted", "SectorsWritten", "SectorsRead", "WritesMerged", "ReadsMerged"}
local times = {"TimeWriting", "TimeReading", "TimeDoingIO", "WeightedTimeDoingIO"}

-- The interval that the buffers are for, and the counters of the last message.
interval, last = nil, nil
stats, time_doing_io = nil, nil

local function make(seconds)
    interval = seconds
    stats = circular_buffer.new(rows, #counters, seconds)
    for i, name in ipairs(counters) do stats:set_header(i, name, "per_" .. seconds .. "_s", "none") end
    time_doing_io = circular_buffer.new(rows, #times, seconds)
    for i, name in ipairs(times) do time_doing_io:set_header(i, name, "ms", "max") end
end

-- read returns the values of fields, or nil if one is no number.
local function read(names)
    local values = {}
    for i, name in ipairs(names) do
        values[i] = read_message("Fields[" .. name .. "]")
        if type(values[i]) ~= "number" then return nil end
    end
    return values
end

function process_message()
    local seconds = read_message("Fields[TickerInterval]")
    local now, spent = read(counters), read(times)
    if type(seconds) ~= "number" or seconds < 1 or not now or not spent then return -1 end
    local same = interval == seconds and stats:get_configuration() == rows
    if not same then make(seconds) end
    local ns = read_message("Timestamp")
    for i, v in ipairs(now) do
        if last and v >= last[i] then stats:set(ns, i, v - last[i]) end
    end
    last = now
    for i, v in ipairs(spent) do time_doing_io:set(ns, i, v) end
    return 0
end

function timer_event(ns)
    if not stats then return end
    graph.tick(ns, "Disk Stats", stats, config)
    graph.tick(ns, "Time doing IO", time_doing_io, config)
end
