--[[
Finds the most frequent values of a header or field in limited memory.

Config:

- message_variable (string, required)
    What to count, such as Fields[remote_addr].
- max_items (int, optional, default 1000)
    Values that are remembered.
- min_output_weight (int, optional, default 100)
    Weight above which a value is shown.
- reset_days (int, optional, default 1)
    Days after which counting starts anew; 0 is never.
--]]

local math = require "math"

local variable = read_config("message_variable") or error("message_variable configuration must be specified")
local max_items = read_config("max_items") or 1000
local min_output_weight = read_config("min_output_weight") or 100
local reset_days = read_config("reset_days") or 1

items, count, day = {}, 0, 0

function process_message()
    local item = read_message(variable)
    if item == nil then return -1 end
    local today = math.floor(read_message("Timestamp") / 86400e9)
    if today < day then return 0 end
    if reset_days > 0 and today - day >= reset_days then items, count, day = {}, 0, today end

    local weight = items[item]
    if weight then
        items[item] = weight + 1
    elseif count < max_items then
        items[item], count = 1, count + 1
    else
        for known, w in pairs(items) do
            if w == 1 then
                items[known], count = nil, count - 1
            else
                items[known] = w - 1
            end
        end
    end
    return 0
end

function timer_event()
    add_to_payload(variable, "\tWeight\n")
    for item, weight in pairs(items) do
        if weight > min_output_weight then add_to_payload(item, "\t", weight, "\n") end
    end
    inject_payload("tsv", "Weighting by " .. variable)
end
