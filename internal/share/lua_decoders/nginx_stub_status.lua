--[[
Decodes the page that nginx makes with stub_status.

Config:

- type (string, optional, default "nginx_stub_status")
    Type of the messages.
- payload_keep (bool, optional, default false)
    Keeps the page as payload.
--]]

local l = require "lpeg"

local type_name = read_config("type") or "nginx_stub_status"
local payload_keep = read_config("payload_keep")

local space = l.S" \t\n\v\f\r"^1
local function count(name) return l.Cg(l.R"09"^1 / tonumber, name) end
local grammar = l.Ct("Active connections:" * space * count"connections" * space
    * "server accepts handled requests" * space
    * count"accepts" * space * count"handled" * space * count"requests" * space
    * "Reading:" * space * count"reading" * space * "Writing:" * space * count"writing" * space
    * "Waiting:" * space * count"waiting")

function process_message()
    local payload = read_message("Payload")
    local fields = grammar:match(payload)
    if not fields then return -1 end
    inject_message{Type = type_name, Payload = payload_keep and payload or nil, Fields = fields}
    return 0
end
