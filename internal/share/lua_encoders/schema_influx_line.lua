--[[
Writes the fields of messages as lines for InfluxDB 0.9 and later.

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
--]]

local ts = require "ts_line_protocol"

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

function process_message()
    add_to_payload(table.concat(ts.influxdb_line_msg(config), "\n"), "\n")
    inject_payload()
    return 0
end
