--[[
Writes graphs (cbuf payloads) as gauges for Librato: the complete rows that were not
sent before. Use it with preserve_data.

Config:

- message_key (string, optional, default "%{Logger}:%{payload_name}")
    What tells one graph from another; %{name} is replaced by headers and fields.
--]]

local json = require "cjson"
local string = require "string"
require "table"
local mi = require "msg_interpolate"

local message_key = read_config("message_key") or "%{Logger}:%{payload_name}"

-- Start times of the graphs, by key.
last_times = {}

-- parse returns the header and the lines of a graph.
local function parse(text)
    local lines = {}
    for line in string.gmatch(text, "([^\n]*)\n") do lines[#lines + 1] = line end
    local first = 1
    if string.find(lines[1] or "", '^{"annotations"') then first = 2 end
    local ok, h = pcall(json.decode, lines[first] or "")
    if not ok or type(h) ~= "table" or type(h.time) ~= "number" or type(h.rows) ~= "number"
        or type(h.columns) ~= "number" or type(h.seconds_per_row) ~= "number"
        or type(h.column_info) ~= "table" or #h.column_info ~= h.columns then
        return
    end
    if h.rows < 3 or #lines - first ~= h.rows then return end
    local rows = {}
    for i = 1, h.rows do rows[i] = lines[first + i] end
    return h, rows
end

-- new_rows is the number of the first row to send, or nil and the status.
local function new_rows(h, last)
    if not last then return 1 end
    local seconds = h.time - last
    if seconds == 0 then return nil, -2 end
    if seconds < 0 or seconds % h.seconds_per_row ~= 0 then return nil, -1 end
    local n = seconds / h.seconds_per_row
    return n >= h.rows - 1 and 1 or h.rows - n
end

function process_message()
    local h, rows = parse(read_message("Payload"))
    if not h then return -1 end
    local key = mi.interpolate_from_msg(message_key)
    local first, status = new_rows(h, last_times[key])
    if not first then return status end

    local source, gauges = read_message("Hostname"), {}
    for i = first, h.rows - 1 do
        local column = 0
        for cell in string.gmatch(rows[i], "[^\t]+") do
            column = column + 1
            local info = h.column_info[column]
            local v = tonumber(cell)
            if not info or not v and not string.find(cell, "^-?nan$") and not string.find(cell, "^-?inf$") then
                return -1
            end
            if v and v == v and v - v == 0 then
                gauges[#gauges + 1] = {
                    name = info.name, source = source, value = v,
                    measure_time = h.time + (i - 1) * h.seconds_per_row,
                }
            end
        end
    end
    last_times[key] = h.time
    if #gauges == 0 then return -2 end
    add_to_payload(json.encode{gauges = gauges})
    inject_payload()
    return 0
end
