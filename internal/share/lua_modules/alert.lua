--[[
Alert messages, of which only so many get through. An alert is a payload of the type
alert. The time of the last one is the global _LAST_ALERT, which preserve_data keeps.

- send(ns, text) injects an alert; it returns whether it did
- queue(ns, text) remembers one for send_queue; it returns whether it did
- send_queue(ns) injects all that were queued as one; what is throttled then is lost
- throttled(ns) says whether an alert would be held back; it never is at ns 0
- set_throttle(ns) sets the time between two alerts, an hour by default
--]]

local table = require "table"

local concat = table.concat

_LAST_ALERT = 0

local throttle = 3600e9
local waiting = {}

local M = {}

function M.throttled(ns)
    if ns == 0 then return false end
    return ns - _LAST_ALERT <= throttle
end

function M.set_throttle(ns_duration)
    throttle = ns_duration
end

local function refused(ns, text)
    return not text or text == "" or M.throttled(ns)
end

function M.queue(ns, text)
    if refused(ns, text) then return false end
    waiting[#waiting + 1] = text
    return true
end

function M.send(ns, text)
    if refused(ns, text) then return false end
    inject_payload("alert", "", text)
    if ns > _LAST_ALERT then _LAST_ALERT = ns end
    return true
end

function M.send_queue(ns)
    if #waiting == 0 then return false end
    local text = concat(waiting, "\n")
    waiting = {}
    return M.send(ns, text)
end

return M
