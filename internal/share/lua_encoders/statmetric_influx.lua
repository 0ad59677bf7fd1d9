--[[
Writes heka.statmetric messages with the statistics in fields as JSON for InfluxDB
before 0.9: a series for each statistic.
--]]

local json = require "cjson"
require "table"

function process_message()
    local seconds = tonumber(read_message("Fields[timestamp]"))
    if not seconds then return -1 end
    local list = {}
    while true do
        local kind, name, value = read_next_field()
        if not kind then break end
        if name ~= "timestamp" and kind ~= 1 then
            list[#list + 1] = {name = name, columns = {"time", "value"}, points = {{seconds * 1000, value}}}
        end
    end
    add_to_payload(json.encode(list))
    inject_payload()
    return 0
end
