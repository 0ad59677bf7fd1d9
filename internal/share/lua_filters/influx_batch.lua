--[[
Writes the fields of messages as lines for InfluxDB 0.9 and later, and injects those
of many messages as one payload of the name influx_line.

Config:

- decimal_precision (string, optional, default "6")
    Digits behind the point of numbers.
- name_prefix (string, optional, default nil)
    What the names of the series begin with; %{name} is replaced by headers, fields
    and dates.
- name_prefix_delimiter (string, optional, default nil)
    What stands between the prefix and the name of the field.
- skip_fields (string, optional, default nil)
    Names of fields that are left out, separated by blanks.
- source_value_field (string, optional, default nil)
    The only field that is written; the prefix is its name then.
- tag_fields (string, optional, default "**all_base**")
    Names of headers and fields that become tags, separated by blanks; **all_base**
    are Logger, Type, Severity and Hostname, **all** are these and all fields.
- timestamp_precision (string, optional, default "ms")
    Unit of the time: ms, s, m or h.
- value_field_key (string, optional, default "value")
    Name of the value.
- flush_count (int, optional, default 0)
    Messages after which the lines are injected; with 0 the ticker alone does it.
--]]

local ts = require "ts_line_protocol"

local flush_count = tonumber(read_config("flush_count") or 0)
local config = ts.set_config{
    decimal_precision = read_config("decimal_precision"),
    name_prefix = read_config("name_prefix"),
    name_prefix_delimiter = read_config("name_prefix_delimiter"),
    skip_fields_str = read_config("skip_fields"),
    source_value_field = read_config("source_value_field"),
    tag_fields_str = read_config("tag_fields") or "**all_base**",
    timestamp_precision = read_config("timestamp_precision"),
    value_field_key = read_config("value_field_key"),
}

-- What is collected stays below this, so that it fits into the default output_limit.
local max_size = 60000

local count, size = 0, 0

local function flush()
    if size > 0 then inject_payload("txt", "influx_line") end
    count, size = 0, 0
end

function process_message()
    local text = table.concat(ts.influxdb_line_msg(config), "\n")
    if text ~= "" then
        if size > 0 and size + #text >= max_size then flush() end
        add_to_payload(text, "\n")
        size = size + #text + 1
    end
    count = count + 1
    if flush_count > 0 and count >= flush_count then flush() end
    return 0
end

function timer_event()
    flush()
end
