--[[
Watches the number of messages that plugins fail to process, from the messages
heka.all-report, and sends alerts.

Config:

- anomaly_config (string, optional, default nil)
    Calls of the module anomaly; the names are those of plugins, and DEFAULT stands
    for all others. Without it that is mww_nonparametric("DEFAULT", 1, 5, 10, 0.7).
--]]

require "circular_buffer"
local json = require "cjson"
require "table"
local alert = require "alert"
local anomaly = require "anomaly"

local text = read_config("anomaly_config") or 'mww_nonparametric("DEFAULT", 1, 5, 10, 0.7)'
local hour = 3600e9
local sections = {"inputs", "decoders", "filters", "encoders", "outputs"}

-- Buffer, configuration and last alert of each plugin, by name.
local plugins = {}

local function make(name)
    local config = anomaly.parse_config(text)
    local p = {buffer = circular_buffer.new(60, 1, 60), config = {[name] = config[name] or config.DEFAULT}, last_alert = -hour}
    p.buffer:set_header(1, "Failures", "count", "max")
    return p
end

function process_message()
    local ok, report = pcall(json.decode, read_message("Payload"))
    if not ok or type(report) ~= "table" then return -1, "invalid JSON" end
    local ns = read_message("Timestamp")
    local present = {}
    for _, section in ipairs(sections) do
        local list = report[section] or {}
        if type(list) ~= "table" then return -1, "invalid entry in section " .. section end
        for _, plugin in ipairs(list) do
            if type(plugin) ~= "table" then return -1, "invalid entry in section " .. section end
            local name = plugin.Name
            if type(name) ~= "string" then return -1, "missing plugin Name" end
            local failures = plugin.ProcessMessageFailures
            local n = type(failures) == "table" and tonumber(failures.value)
            if n then
                local p = plugins[name] or make(name)
                present[name] = p
                if n > 0 then p.buffer:set(ns, 1, n) end
            end
        end
    end
    plugins = present
    return 0
end

function timer_event(ns)
    local texts = {}
    for name, p in pairs(plugins) do
        if ns - p.last_alert > hour then
            local found = anomaly.detect(ns, name, p.buffer, p.config)
            if found then
                p.last_alert = ns
                texts[#texts + 1] = found
            end
        end
    end
    table.sort(texts)
    alert.send(0, table.concat(texts, "\n"))
end
