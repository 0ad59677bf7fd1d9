--[[
What the filters that add up deltas of circular buffers have in common.

- read(text) gives the rows of a cbufd payload, and its header as a table, or nil
- apply(buffer, column, ns, value, aggregation) adds one delta to a buffer
--]]

local json = require "cjson"
local cbufd = require "cbufd"

local pcall, type, ipairs = pcall, type, ipairs

local M = {}

function M.read(text)
    local rows = cbufd.grammar:match(text)
    if not rows then return end
    local ok, h = pcall(json.decode, rows.header)
    if not ok or type(h) ~= "table" or type(h.rows) ~= "number" or type(h.columns) ~= "number"
        or type(h.seconds_per_row) ~= "number" or type(h.column_info) ~= "table" or #h.column_info ~= h.columns then
        return
    end
    for _, info in ipairs(h.column_info) do
        if type(info) ~= "table" or type(info.name) ~= "string" then return end
    end
    return rows, h
end

function M.apply(buffer, column, ns, value, aggregation)
    if not value or value ~= value then return end
    if aggregation == "sum" then
        buffer:add(ns, column, value)
    elseif aggregation == "min" or aggregation == "max" then
        buffer:set(ns, column, value)
    end
end

return M
