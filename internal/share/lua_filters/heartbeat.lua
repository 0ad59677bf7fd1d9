--[[
Watches hosts by their messages and sends an alert for one that is silent. Use it with
preserve_data.

Config:

- heartbeat_timeout (int, optional, default 30)
    Seconds of silence after which a host is down.
- alert_throttle (int, optional, default 300)
    Seconds between two alerts about a host.
--]]

local json = require "cjson"
local math = require "math"
local alert = require "alert"

local timeout = (read_config("heartbeat_timeout") or 30) * 1000
local throttle = (read_config("alert_throttle") or 300) * 1000
alert.set_throttle(0)

-- By name of the host; times are in milliseconds.
hosts = {}

function process_message()
    local name = read_message("Hostname")
    local h = hosts[name]
    if not h then
        h = {last_alert = 0, status = "up"}
        hosts[name] = h
    end
    h.last_heartbeat = math.floor(read_message("Timestamp") / 1e6)
    return 0
end

function timer_event(ns)
    local now = math.floor(ns / 1e6)
    for name, h in pairs(hosts) do
        if now - h.last_heartbeat > timeout then
            h.status = "down"
            if now - h.last_alert > throttle and alert.queue(0, "Missing Heartbeat - " .. name .. "\n") then
                h.last_alert = now
            end
        else
            h.status = "up"
        end
    end
    alert.send_queue(0)
    inject_payload("json", "heartbeat", json.encode(hosts))
end
