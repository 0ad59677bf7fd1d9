--[[
Adds up the deltas (cbufd payloads) of graphs from several hosts: a graph for each
column, with a column for each host.

Config:

- max_hosts (int, required)
    Columns for hosts.
- rows (int, required)
    Rows of the graphs.
- host_expiration (int, optional, default 120)
    Seconds without data after which the column of a host may be given to another.
- preservation_version (int, optional, default 0)
    Raise it when max_hosts or rows change.
--]]

_PRESERVATION_VERSION = read_config("preservation_version") or 0

require "circular_buffer"
local reader = require "cbufd_reader"

local max_hosts = read_config("max_hosts") or error("max_host configuration must be specified")
local rows = read_config("rows") or error("rows configuration must be specified")
local expiration = (read_config("host_expiration") or 120) * 1e9

-- By name of the payload: hosts, an array of them by column, and graphs, an array of
-- {name, buffer}.
graphs = {}

local function make(h)
    local g = {hosts = {}, graphs = {}}
    for i, info in ipairs(h.column_info) do
        g.graphs[i] = {name = info.name, unit = info.unit, aggregation = info.aggregation,
            buffer = circular_buffer.new(rows, max_hosts, h.seconds_per_row)}
    end
    return g
end

-- column returns the column of a host, which it may have to get first.
local function column(g, host, ns)
    local free
    for i = 1, max_hosts do
        local known = g.hosts[i]
        if known and known.name == host then
            known.last = ns
            return i
        end
        if not free and (not known or ns - known.last > expiration) then free = i end
    end
    if not free then error("The number of hosts exceeds the 'max_hosts' configuration") end
    g.hosts[free] = {name = host, last = ns}
    for _, graph in ipairs(g.graphs) do graph.buffer:set_header(free, host, graph.unit, graph.aggregation) end
    return free
end

function process_message()
    local deltas, h = reader.read(read_message("Payload"))
    local name = read_message("Fields[payload_name]")
    if not deltas or type(name) ~= "string" then return -1 end
    local g = graphs[name]
    if not g then
        local ok, made = pcall(make, h)
        if not ok then return -1 end
        g = made
        graphs[name] = g
    end
    local at = column(g, read_message("Hostname"), read_message("Timestamp"))
    for _, row in ipairs(deltas) do
        for i, graph in ipairs(g.graphs) do
            reader.apply(graph.buffer, at, row.time, row[i], graph.aggregation)
        end
    end
    return 0
end

function timer_event()
    for name, g in pairs(graphs) do
        for _, graph in ipairs(g.graphs) do
            inject_payload("cbuf", name .. " (" .. graph.name .. ")",
                '{"options":{"stackedGraph":true,"fillGraph":true}}\n', graph.buffer)
        end
    end
end
