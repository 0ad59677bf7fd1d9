--[[
Graphs the number of HTTP requests by the class of their status.

Config:

- status_field (string, optional, default "status")
    Field with the status, a number.
- rows (int, optional, default 1440)
    Rows of the graph.
- sec_per_row (int, optional, default 60)
    Seconds of a row.
- anomaly_config (string, optional, default nil)
    Calls of the module anomaly; the graph is "HTTP Status".
- alert_throttle (int, optional, default 3600)
    Seconds between two alerts.
- preservation_version (int, optional, default 0)
    Raise it when rows or sec_per_row change.
--]]

_PRESERVATION_VERSION = (read_config("preservation_version") or 0) + 1

require "circular_buffer"
local math = require "math"
local alert = require "alert"
local anomaly = require "anomaly"
local graph = require "graph"

local title = "HTTP Status"
local variable = "Fields[" .. (read_config("status_field") or "status") .. "]"
local config = anomaly.parse_config(read_config("anomaly_config"))
alert.set_throttle((read_config("alert_throttle") or 3600) * 1e9)

status = circular_buffer.new(read_config("rows") or 1440, 6, read_config("sec_per_row") or 60)
for class = 1, 5 do status:set_header(class, "HTTP_" .. class * 100) end
status:set_header(6, "HTTP_UNKNOWN")

function process_message()
    local code = read_message(variable)
    if type(code) ~= "number" then return -1 end
    local class = math.floor(code / 100)
    if class < 1 or class > 5 then class = 6 end
    status:add(read_message("Timestamp"), class, 1)
    return 0
end

function timer_event(ns)
    graph.tick(ns, title, status, config)
end
