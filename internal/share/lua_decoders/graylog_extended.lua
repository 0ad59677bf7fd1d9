--[[
Decodes the Graylog Extended Log Format, GELF. The timestamp, level, host and version
become headers, all other members fields; those of nested objects and arrays get
names such as _request.path.

Config:

- type (string, optional, default nil)
    Type of the messages; without it they keep theirs.
- payload_keep (bool, optional, default false)
    Keeps the JSON text as payload.
--]]

local json = require "cjson"
local util = require "util"

local type_name = read_config("type")
local payload_keep = read_config("payload_keep")

function process_message()
    local payload = read_message("Payload")
    local ok, gelf = pcall(json.decode, payload)
    if not ok or type(gelf) ~= "table" then return -1 end
    local seconds = tonumber(gelf.timestamp)
    if not seconds then return -1 end
    local msg = {
        Timestamp = seconds * 1e9, Type = type_name, EnvVersion = gelf.version, Severity = gelf.level,
        Hostname = gelf.host, Payload = payload_keep and payload or nil, Fields = {},
    }
    gelf.timestamp, gelf.version, gelf.level, gelf.host = nil, nil, nil, nil
    util.table_to_fields(gelf, msg.Fields)
    if not pcall(inject_message, msg) then return -1 end
    return 0
end
