--[[
Writes the numeric fields of messages as lines for Carbon, with seconds.

Config:

- name_prefix (string, optional, default nil)
    What the names begin with; %{name} is replaced by headers, fields and dates.
- name_prefix_delimiter (string, optional, default ".")
    What stands between the prefix and the name of the field.
- skip_fields (string, optional, default nil)
    Names of fields that are left out, separated by blanks.
- source_value_field (string, optional, default nil)
    The only field that is written; the prefix is its name then.
--]]

local ts = require "ts_line_protocol"

local config = ts.set_config{
    carbon_format = true,
    name_prefix = read_config("name_prefix"),
    name_prefix_delimiter = read_config("name_prefix_delimiter") or ".",
    skip_fields_str = read_config("skip_fields"),
    source_value_field = read_config("source_value_field"),
    timestamp_precision = "s",
}

function process_message()
    add_to_payload(table.concat(ts.carbon_line_msg(config), "\n"), "\n")
    inject_payload()
    return 0
end
