--[[
Estimates how many different values a header or field has in each period, a day for
example, and graphs it.

Config:

- message_variable (string, required)
    What to count, such as Fields[remote_addr].
- title (string, optional, default "Estimated Unique Daily <message_variable>")
    Title of the graph.
- enable_delta (bool, optional, default false)
    Injects the changes (cbufd) too.
- rows (int, optional, default 365)
    Rows of the graph, one for each period.
- seconds_per_row (int, optional, default 86400)
    Seconds of a period.
- preservation_version (int, optional, default 0)
    Raise it when rows or seconds_per_row change.
--]]

_PRESERVATION_VERSION = read_config("preservation_version") or 0

require "circular_buffer"
require "hyperloglog"
local math = require "math"
local string = require "string"

local variable = read_config("message_variable") or error("message_variable configuration must be specified")
local title = read_config("title") or "Estimated Unique Daily " .. variable
local enable_delta = read_config("enable_delta") or false
local seconds = read_config("seconds_per_row") or 86400

-- The buffer, what was seen in the current period, and the number of that.
data = circular_buffer.new(read_config("rows") or 365, 1, seconds, enable_delta)
data:set_header(1, string.match(variable, "^Fields%[(.*)%]$") or variable)
seen = hyperloglog.new()
period = -1

function process_message()
    local item = read_message(variable)
    if type(item) ~= "string" and type(item) ~= "number" then return -1 end
    local ns = read_message("Timestamp")
    local current = math.floor(ns / (seconds * 1e9))
    if current < period then return 0 end
    if current > period then
        seen:clear()
        period = current
    end
    if seen:add(item) then data:set(ns, 1, seen:count()) end
    return 0
end

function timer_event()
    inject_payload("cbuf", title, data:format("cbuf"))
    if enable_delta then inject_payload("cbufd", title, data:format("cbufd")) end
end
