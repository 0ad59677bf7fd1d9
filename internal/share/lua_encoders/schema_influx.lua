--[[
Writes messages as JSON for InfluxDB before 0.9, with the headers and fields as
columns.

Config:

- series (string, optional, default "series")
    Name of the series; %{name} is replaced by headers and fields.
- skip_fields (string, optional, default nil)
    Names of headers and fields that are left out, separated by blanks.
- multi_series (bool, optional, default false)
    Writes one series for each field, with its name behind that of the series.
- exclude_base_fields (bool, optional, default false)
    Leaves out all headers.
--]]

local json = require "cjson"
local string = require "string"
require "table"
local fu = require "field_util"

local series = read_config("series") or "series"
local multi_series = read_config("multi_series")
local skip = {}
for name in string.gmatch(read_config("skip_fields") or "", "%S+") do skip[name] = true end

local base = fu.base_fields_list
local headers = {}
if not read_config("exclude_base_fields") then
    for _, name in ipairs{"Type", "Payload", "Hostname", "Pid", "Logger", "Severity", "EnvVersion"} do
        if not skip[name] then headers[#headers + 1] = name end
    end
end

local function series_name()
    return (string.gsub(series, "%%{([%w%p]-)}", function(name)
        local v = read_message(base[name] and name or "Fields[" .. name .. "]")
        return v ~= nil and tostring(v) or nil
    end))
end

-- object is the text of one series; columns and values are JSON texts.
local function object(name, columns, values)
    return '{"name":' .. json.encode(name) .. ',"columns":[' .. table.concat(columns, ",")
        .. '],"points":[[' .. table.concat(values, ",") .. "]]}"
end

function process_message()
    local columns, values = {'"time"'}, {json.encode(read_message("Timestamp") / 1e6)}
    for i, name in ipairs(headers) do
        columns[i + 1], values[i + 1] = json.encode(name), json.encode(read_message(name))
    end
    local name = series_name()
    local objects, seen = {}, {}
    local n = #columns
    for _, field in ipairs(decode_message(read_message("raw")).Fields or {}) do
        local out = field.name
        seen[out] = (seen[out] or 0) + 1
        if seen[out] > 1 then out = out .. seen[out] end
        local list = field.value
        if field.name ~= "Timestamp" and (base[field.name] or not skip[field.name]) and list[1] ~= nil then
            if multi_series then
                columns[n + 1], values[n + 1] = '"value"', json.encode(list[1])
                objects[#objects + 1] = object(name .. "." .. out, columns, values)
            elseif field.value_type ~= 1 then
                columns[#columns + 1] = json.encode(out)
                values[#values + 1] = json.encode(#list == 1 and list[1] or list)
            end
        end
    end
    if not multi_series then objects[1] = object(name, columns, values) end
    add_to_payload("[", table.concat(objects, ","), "]")
    inject_payload()
    return 0
end
