--[[
Lines of the bulk interface of Elasticsearch.

- bulkapi_index_json(index, type_name, id, ns) is the action line for one document,
  without newline; the arguments may be nil, and %{name} in them is replaced, times
  by ns or the current time
--]]

local json = require "cjson"
local string = require "string"
local mi = require "msg_interpolate"

local M = {}

function M.bulkapi_index_json(index, type_name, id, ns)
    local seconds = ns and ns / 1e9
    local text = ""
    local function member(name, template)
        if not template then return end
        if text ~= "" then text = text .. "," end
        local value = mi.interpolate_from_msg(template, seconds)
        text = text .. '"' .. name .. '":' .. json.encode(value)
    end
    member("_index", index)
    member("_type", type_name)
    member("_id", id)
    return '{"index":{' .. text .. "}}"
end

return M
