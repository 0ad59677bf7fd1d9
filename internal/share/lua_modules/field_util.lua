--[[
Sets of base fields, and the time of the message at hand.

    local field_util = require "field_util"
    local fields, all_base, all = field_util.field_map("**all_base** status")
--]]

require "math"
require "string"

local floor = math.floor
local gmatch = string.gmatch
local pairs = pairs
local read_message = read_message

local M = {}
setfenv(1, M)

base_fields_list = {
    EnvVersion = true,
    Hostname = true,
    Logger = true,
    Payload = true,
    Pid = true,
    Severity = true,
    Type = true,
}

base_fields_tag_list = {
    Hostname = true,
    Logger = true,
    Severity = true,
    Type = true,
}

-- Nanoseconds of the units of message_timestamp.
local divisors = {ms = 1e6, s = 1e9, m = 60e9, h = 3600e9}

-- The words of text as a set. The second and third results tell whether it names
-- all base fields (**all_base**) or everything (**all**); both add the base fields.
function field_map(text)
    if not text or text == "" then return base_fields_list, true, false end
    local set = {}
    for word in gmatch(text, "%S+") do set[word] = true end
    local all_base = set["**all_base**"] == true
    local all = set["**all**"] == true
    if all_base or all then
        for name in pairs(base_fields_list) do set[name] = true end
    end
    return set, all_base, all
end

-- The message's timestamp in whole units: "ms" (also for anything unknown), "s",
-- "m" or "h".
function message_timestamp(precision)
    return floor(read_message("Timestamp") / (divisors[precision] or divisors.ms))
end

-- The base fields that are not in the set skip.
function used_base_fields(skip)
    local set = {}
    for name in pairs(base_fields_list) do
        if not (skip and skip[name]) then set[name] = true end
    end
    return set
end

return M
