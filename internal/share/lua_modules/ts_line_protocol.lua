--[[
Lines for InfluxDB 0.9 and Carbon, one for each value of the fields of the message at
hand.

- set_config(client) makes a configuration of the options in a table: carbon_format,
  decimal_precision, name_prefix, name_prefix_delimiter, skip_fields_str,
  source_value_field, tag_fields_str, timestamp_precision and value_field_key
- influxdb_line_msg(config), carbon_line_msg(config) are arrays of lines
--]]

local string = require "string"
require "table"
local fu = require "field_util"
local mi = require "msg_interpolate"

local find, format, gsub, concat = string.find, string.format, string.gsub, table.concat
local floor, huge = require "math".floor, math.huge
local ipairs, pairs, tonumber, tostring, type = ipairs, pairs, tonumber, tostring, type

local defaults = {
    carbon_format = false,
    decimal_precision = "6",
    name_prefix = false,
    name_prefix_delimiter = false,
    skip_fields_str = false,
    source_value_field = false,
    tag_fields_str = "**all_base**",
    timestamp_precision = "ms",
    value_field_key = "value",
}

local M = {}

function M.set_config(client)
    local config = {}
    for name, value in pairs(defaults) do config[name] = client[name] or value end
    if config.skip_fields_str then
        config.skip_fields, config.skip_fields_all_base = fu.field_map(config.skip_fields_str)
        config.used_base_fields = fu.used_base_fields(config.skip_fields)
    end
    config.used_tag_fields, config.tag_fields_all_base, config.tag_fields_all = fu.field_map(client.tag_fields_str)
    config.interp_name_prefix = config.name_prefix and find(config.name_prefix, "%%{[%w%p]-}") and true or false
    return config
end

-- The headers that may be tags, in the order of the lines.
local headers = {"Logger", "Type", "Severity", "Hostname"}

local function escape(text)
    return (gsub(tostring(text), "[ ,]", "\\%0"))
end

-- points are the names of what is to be written in their order, the values by name,
-- and the tags.
local function points(config)
    local names, values, tags = {}, {}, {}
    local tagged = not config.carbon_format and config.used_tag_fields
    local function tag(name, value)
        if value ~= nil and value ~= "" then tags[#tags + 1] = escape(name) .. "=" .. escape(value) end
    end
    if tagged then
        for _, name in ipairs(headers) do
            if config.tag_fields_all or config.tag_fields_all_base or tagged[name] then
                tag(name, read_message(name))
            end
        end
    end

    local prefix = config.name_prefix or ""
    if config.interp_name_prefix then prefix = mi.interpolate_from_msg(prefix) end
    local source = config.source_value_field
    local before = prefix .. (config.name_prefix_delimiter or "")
    local seen = {}
    local message = decode_message(read_message("raw"))
    for _, field in ipairs(message.Fields or {}) do
        local name = field.name
        local out = name
        if config.carbon_format then out = gsub(out, "%W", function(c) return c == "_" and c or "_" end) end
        local earlier = seen[name] or 0
        seen[name] = earlier + 1
        if earlier > 0 then out = out .. "_fidx_" .. earlier end
        local wanted = not (config.skip_fields and config.skip_fields[name])
        if source then wanted = wanted and name == source end
        local list = field.value
        if type(list) ~= "table" then list = {list} end
        for i, value in ipairs(list) do
            local full = i > 1 and out .. "_vidx_" .. i - 1 or out
            if tagged and (config.tag_fields_all or tagged[name]) then tag(full, value) end
            if wanted then
                local point = source and prefix or before .. full
                if values[point] == nil then names[#names + 1] = point end
                values[point] = value
            end
        end
    end
    return names, values, tags
end

local function finite(x) return x == x and x ~= huge and x ~= -huge end

function M.influxdb_line_msg(config)
    local names, values, tags = points(config)
    local head = #tags > 0 and "," .. concat(tags, ",") or ""
    local time = format("%d", fu.message_timestamp(config.timestamp_precision))
    local number = "%." .. config.decimal_precision .. "f"
    local lines = {}
    for _, name in ipairs(names) do
        local v = values[name]
        if type(v) == "number" then
            v = finite(v) and format(number, v)
        elseif type(v) == "string" then
            v = '"' .. gsub(v, '"', '\\"') .. '"'
        else
            v = tostring(v)
        end
        if v then lines[#lines + 1] = escape(name) .. head .. " " .. config.value_field_key .. "=" .. v .. " " .. time end
    end
    return lines
end

function M.carbon_line_msg(config)
    local names, values = points(config)
    local time = format("%d", fu.message_timestamp(config.timestamp_precision))
    local lines = {}
    for _, name in ipairs(names) do
        local v = values[name]
        if type(v) == "number" then
            if not finite(v) then
                v = nil
            elseif v == floor(v) and v > -1e18 and v < 1e18 then
                v = format("%d", v)
            end
        elseif type(v) ~= "string" or not find(v, "^[-+]?[%d.]+[eE]?[-+]?%d*$") or not tonumber(v) then
            v = nil
        end
        if v then lines[#lines + 1] = name .. " " .. v .. " " .. time end
    end
    return lines
end

return M
