--[[
Names and time of the message at hand.

- base_fields_list, base_fields_tag_list are sets of headers
- field_map(text) makes a set of the names in a text, and says whether
  **all_base** and **all** are among them
- message_timestamp(precision) is the time in ms, s, m or h
- used_base_fields(skip) is the set of the headers that are not in skip
--]]

local math = require "math"
local string = require "string"

local floor, gmatch = math.floor, string.gmatch
local pairs = pairs

local M = {
    base_fields_list = {
        EnvVersion = true, Hostname = true, Logger = true, Payload = true, Pid = true, Severity = true,
        Type = true,
    },
    base_fields_tag_list = {Hostname = true, Logger = true, Severity = true, Type = true},
}

function M.field_map(text)
    if not text or text == "" then return M.base_fields_list, true, false end
    local set, all_base, all = {}, false, false
    for name in gmatch(text, "%S+") do
        set[name] = true
        all_base = all_base or name == "**all_base**"
        all = all or name == "**all**"
    end
    if all_base or all then
        for name in pairs(M.base_fields_list) do set[name] = true end
    end
    return set, all_base, all
end

local divisors = {ms = 1e6, s = 1e9, m = 60e9, h = 3600e9}

function M.message_timestamp(precision)
    return floor(read_message("Timestamp") / (divisors[precision or "ms"] or 1e6))
end

function M.used_base_fields(skip)
    local used = {}
    for name in pairs(M.base_fields_list) do
        if not skip or not skip[name] then used[name] = true end
    end
    return used
end

return M
