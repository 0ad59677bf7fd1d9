--[[
Makes percentages and differences of the kernel statistics of Linux, from messages of
the decoder linux_procstat.

Config:

- whitelist (string, optional, default nil)
    Lua pattern of the names that are wanted; without it all are.
- extras (bool, optional, default false)
    Adds the percentages of all states, and the differences.
- percent_integer (bool, optional, default true)
    Gives percentages as whole numbers, otherwise as fractions of 1.
--]]

local math = require "math"
local string = require "string"

local whitelist = read_config("whitelist")
local extras = read_config("extras")
local percent_integer = read_config("percent_integer") ~= false

local states = {"user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal", "guest", "guestnice"}

-- The fields of the last message, arrays by name.
local last

local function read_fields()
    local all = {}
    while true do
        local kind, name, _, _, n = read_next_field()
        if not kind then return all end
        if (kind == 2 or kind == 3) and (not whitelist or string.find(name, whitelist)) then
            local values = {}
            for i = 1, n do values[i] = read_message("Fields[" .. name .. "]", 0, i - 1) end
            all[name] = values
        end
    end
end

local function percent(x)
    return percent_integer and math.ceil(100 * x - 0.5) or x
end

local function processor(name, delta, fields)
    local ticks = 0
    for _, d in ipairs(delta) do ticks = ticks + d end
    if ticks > 0 and delta[4] then
        fields[name .. "_percent"] = percent(1 - delta[4] / ticks)
        if extras then
            for i = 1, #delta > 4 and 5 or 4 do
                fields[name .. "_percent_" .. states[i]] = percent(delta[i] / ticks)
            end
        end
    end
    if extras then
        for i, d in ipairs(delta) do
            if states[i] then fields[name .. "_delta_" .. states[i]] = d end
        end
        fields[name .. "_delta_ticks"] = ticks
    end
end

function process_message()
    local now, before = read_fields(), last
    last = now
    if not before then return 0 end
    local fields = {}
    for name, values in pairs(now) do
        local old = before[name]
        if old and #old == #values and name ~= "intr" then
            local delta = {}
            for i, v in ipairs(values) do delta[i] = v - old[i] end
            if string.find(name, "^cpu") then
                processor(name, delta, fields)
            elseif extras and name == "softirq" then
                for i, d in ipairs(delta) do fields["softirq_delta_" .. i] = d end
            elseif extras and #delta == 1 then
                fields[name .. "_delta"] = delta[1]
            end
        end
    end
    inject_message{Type = "procstat", Payload = read_message("Payload"), Fields = fields}
    return 0
end
