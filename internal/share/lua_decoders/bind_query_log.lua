--[[
Decodes the query log of BIND 9, written with print-category, print-severity and
print-time. The line stays as payload.

Config:

- type (string, optional, default nil)
    Type of the messages; without it they keep theirs.
--]]

local l = require "lpeg"

local grammar = l.Ct(require "bind".query_log_grammar)
local type_name = read_config("type")

function process_message()
    local line = read_message("Payload")
    local fields = grammar:match(line)
    if not fields then return -1, "Failed to parse the BIND query log line." end
    local msg = {Timestamp = fields.Timestamp, Type = type_name, Severity = 6, Payload = line, Fields = fields}
    fields.Timestamp = nil
    inject_message(msg)
    return 0
end
