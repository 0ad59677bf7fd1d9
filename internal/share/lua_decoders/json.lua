--[[
Decodes a JSON object. Its members become fields, those of nested objects and arrays
too, with names such as request.headers.host and tags.1; null makes no field.

Config:

- type (string, optional, default "json")
    Type of the messages, unless it is mapped.
- payload_keep (bool, optional, default false)
    Keeps the JSON text as payload.
- map_fields (bool, optional, default false)
    Lets the options below name members that become headers.
- Payload (string, optional, default nil)
    Member for the payload.
- Uuid (string, optional, default nil)
    Member for the UUID, as 16 bytes or in text form.
- Type (string, optional, default nil)
    Member for the type; messages without it get the option type.
- Logger (string, optional, default nil)
    Member for the logger.
- Hostname (string, optional, default nil)
    Member for the hostname.
- Severity (string, optional, default nil)
    Member for the severity, a number.
- EnvVersion (string, optional, default nil)
    Member for the version, a number or text.
- Pid (string, optional, default nil)
    Member for the process, a number.
- Timestamp (string, optional, default nil)
    Member for the time, also without map_fields.
- timestamp_format (string, optional, default nil)
    Format of the time as for strftime; without it the member holds nanoseconds.
- maximum_depth (int, optional, default nil)
    Number of parts of a name from which on objects and arrays stay JSON texts.
- separator (string, optional, default ".")
    What stands between the parts of a name.
--]]

local json = require "cjson"
local string = require "string"
local dt = require "date_time"
local util = require "util"

local default_type = read_config("type") or "json"
local payload_keep = read_config("payload_keep")
local maximum_depth = read_config("maximum_depth")
local separator = read_config("separator") or "."
local time_member = read_config("Timestamp")
local time_format = read_config("timestamp_format")
local time_grammar = time_format and dt.build_strftime_grammar(time_format)

-- The headers that are mapped: what member holds them and of which types it may be.
local headers = {}
if read_config("map_fields") then
    headers = {
        Payload = {read_config("Payload"), string = true},
        Uuid = {read_config("Uuid"), string = true},
        Type = {read_config("Type"), string = true},
        Logger = {read_config("Logger"), string = true},
        Hostname = {read_config("Hostname"), string = true},
        Severity = {read_config("Severity"), number = true},
        EnvVersion = {read_config("EnvVersion"), number = true, string = true},
        Pid = {read_config("Pid"), number = true},
    }
    for name, h in pairs(headers) do
        if not h[1] then headers[name] = nil end
    end
end

local function byte(hex) return string.char(tonumber(hex, 16)) end

-- binary is the 16 bytes of a UUID in text form, or what it was given.
local function binary(uuid)
    local digits = uuid:gsub("^urn:uuid:", ""):gsub("-", "")
    if #digits == 32 and not digits:find("%X") then return (digits:gsub("%x%x", byte)) end
    return uuid
end

local function timestamp(v)
    if not time_grammar then return tonumber(v) end
    local t = type(v) == "string" and time_grammar:match(v)
    return t and dt.time_to_ns(t)
end

function process_message()
    local payload = read_message("Payload")
    local ok, members = pcall(json.decode, payload)
    if not ok or type(members) ~= "table" then return -1, "Failed to decode JSON." end

    local msg = {Type = default_type}
    if payload_keep then msg.Payload = payload end
    for name, h in pairs(headers) do
        local v = members[h[1]]
        if h[type(v)] then
            msg[name] = v
        elseif name ~= "Type" then
            msg[name] = nil
        end
    end
    -- Several headers may be of one member.
    for name, h in pairs(headers) do
        if msg[name] ~= nil and h[type(members[h[1]])] then members[h[1]] = nil end
    end
    if msg.Uuid then msg.Uuid = binary(msg.Uuid) end

    if time_member and members[time_member] ~= nil then
        msg.Timestamp = timestamp(members[time_member])
        if not msg.Timestamp then return -1, "Failed to decode timestamp." end
        members[time_member] = nil
    end

    local fields = {}
    if not pcall(util.table_to_fields, members, fields, nil, separator, maximum_depth) then
        return -1, "Failed to flatten message."
    end
    msg.Fields = fields
    if not pcall(inject_message, msg) then return -1, "Failed to inject message." end
    return 0
end
