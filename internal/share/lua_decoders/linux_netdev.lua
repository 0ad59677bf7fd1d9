--[[
Decodes the statistics of network devices in Linux, the content of /proc/net/dev,
into a message for each device.

Config:

- payload_keep (bool, optional, default false)
    Keeps the text as payload.
--]]

local l = require "lpeg"

local payload_keep = read_config("payload_keep")

local number = l.R"09"^1 / tonumber
local blanks = l.P" "^0
local name = l.C(l.R("az", "AZ", "09")^1)
local list = l.Ct((blanks * name)^1) * blanks
local header = (1 - l.P"\n")^0 * "\n" * (1 - l.P"|")^0 * "|" * list * "|" * list * "\n"
local device = l.Ct(blanks * l.Cg((1 - l.S":\n ")^1, "name") * ":" * (blanks * number)^1 * blanks * "\n")
local grammar = l.Ct(header * device^1)

function process_message()
    local payload = read_message("Payload")
    local t = grammar:match(payload)
    if not t then return -1, "Failed to match grammar" end
    local path = read_message("Fields[FilePath]")
    local receive, transmit = t[1], t[2]
    for i = 3, #t do
        local fields = {netdevice = t[i].name, FilePath = path}
        for k, v in ipairs(t[i]) do
            local column = receive[k] and "receive_" .. receive[k]
                or transmit[k - #receive] and "transmit_" .. transmit[k - #receive]
            if column then fields[column] = {value = v, value_type = 2} end
        end
        inject_message{Type = "stats.netdev", Payload = payload_keep and payload or nil, Fields = fields}
    end
    return 0
end
