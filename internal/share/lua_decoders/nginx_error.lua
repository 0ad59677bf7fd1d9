--[[
Decodes the error log of nginx. The message of the line becomes the payload, its thread
and connection fields.

Config:

- tz (string, optional, default "UTC")
    Time zone of the log.
- type (string, optional, default "nginx.error")
    Type of the messages.
- payload_keep (bool, optional, default false)
    Keeps the whole line as payload.
--]]

local grammar = require "common_log_format".nginx_error_grammar

local type_name = read_config("type") or "nginx.error"
local payload_keep = read_config("payload_keep")

function process_message()
    local line = read_message("Payload")
    local msg = grammar:match(line)
    if not msg then return -1 end
    msg.Type = type_name
    if payload_keep then msg.Payload = line end
    inject_message(msg)
    return 0
end
