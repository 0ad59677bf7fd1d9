--[[
Helpers for tables.

- table_to_fields(t, fields, parent, separator, max_depth) puts what t holds, and
  what the tables in it hold, into fields; names are joined by the separator. From
  max_depth parts of a name on, tables become JSON texts
- behead_array(index, array) removes the elements before the index
--]]

local json = require "cjson"
local string = require "string"

local find = string.find
local pairs, type = pairs, type

local M = {}

-- parts counts the parts of a name.
local function parts(name, separator)
    local n, last = 1, 0
    while true do
        local _, e = find(name, separator, last + 1, true)
        if not e then return n end
        n, last = n + 1, e
    end
end

local function flatten(t, fields, parent, separator, max_depth)
    for k, v in pairs(t) do
        local name = parent and parent .. separator .. k or k
        local kind = type(v)
        if kind == "table" then
            if max_depth and parts(name, separator) >= max_depth then
                fields[name] = json.encode(v)
            else
                flatten(v, fields, name, separator, max_depth)
            end
        elseif kind ~= "userdata" then
            fields[name] = v
        end
    end
end

function M.table_to_fields(t, fields, parent, separator, max_depth)
    if type(separator) ~= "string" or separator == "" then separator = "." end
    if type(max_depth) ~= "number" then max_depth = nil end
    flatten(t, fields, parent, separator, max_depth)
end

function M.behead_array(index, array)
    if index <= 1 then return end
    local n = #array
    for i = 1, n do array[i] = array[i + index - 1] end
end

return M
