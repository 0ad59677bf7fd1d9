--[[
Adds up the deltas (cbufd payloads) of graphs from several hosts, by the name of the
graph.

Config:

- enable_delta (bool, optional, default false)
    Injects the deltas of the sums too.
- anomaly_config (string, optional, default nil)
    Calls of the module anomaly; the names are those of the graphs.
- preservation_version (int, optional, default 0)
    Raise it when the graphs change.
--]]

_PRESERVATION_VERSION = read_config("preservation_version") or 0

require "circular_buffer"
local math = require "math"
local alert = require "alert"
local annotation = require "annotation"
local anomaly = require "anomaly"
local reader = require "cbufd_reader"

local enable_delta = read_config("enable_delta") or false
local config = anomaly.parse_config(read_config("anomaly_config"))

-- Buffers by name.
cbufs = {}

local function make(h)
    local buffer = circular_buffer.new(h.rows, h.columns, h.seconds_per_row, enable_delta)
    for i, info in ipairs(h.column_info) do buffer:set_header(i, info.name, info.unit, info.aggregation) end
    return buffer
end

function process_message()
    local rows, h = reader.read(read_message("Payload"))
    local name = read_message("Fields[payload_name]")
    if not rows or type(name) ~= "string" then return -1 end
    local buffer = cbufs[name]
    if not buffer then
        local ok, made = pcall(make, h)
        if not ok then return -1 end
        buffer = made
        cbufs[name] = buffer
    end
    local _, columns = buffer:get_configuration()
    for _, row in ipairs(rows) do
        for i = 1, math.min(#row, columns) do
            local _, _, aggregation = buffer:get_header(i)
            reader.apply(buffer, i, row.time, row[i], aggregation)
        end
    end
    return 0
end

function timer_event(ns)
    for name, buffer in pairs(cbufs) do
        if config then
            local rows, _, seconds = buffer:get_configuration()
            annotation.set_prune(name, rows * seconds * 1e9)
            if not alert.throttled(ns) then
                local text, annotations = anomaly.detect(ns, name, buffer, config)
                if text then
                    annotation.concat(name, annotations)
                    alert.queue(ns, text)
                end
            end
            inject_payload("cbuf", name, annotation.prune(name, ns), buffer:format("cbuf"))
        else
            inject_payload("cbuf", name, buffer:format("cbuf"))
        end
        if enable_delta then inject_payload("cbufd", name, buffer:format("cbufd")) end
    end
    alert.send_queue(ns)
end
