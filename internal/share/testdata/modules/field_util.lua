local fu = require "field_util"

function process_message()
    local base = {EnvVersion = true, Hostname = true, Logger = true, Payload = true, Pid = true, Severity = true, Type = true}
    equal("base_fields_list", fu.base_fields_list, base)
    equal("base_fields_tag_list", fu.base_fields_tag_list, {Hostname = true, Logger = true, Severity = true, Type = true})
    equal("field_map()", {fu.field_map()}, {base, true, false})
    equal("field_map('')", {fu.field_map("")}, {base, true, false})
    equal("field_map", {fu.field_map(" a  b\n")}, {{a = true, b = true}, false, false})
    local set, all_base, all = fu.field_map("a **all**")
    equal("all", {set.a, set.Type, set["**all**"], all_base, all}, {true, true, true, false, true})
    set, all_base, all = fu.field_map("**all_base** a")
    equal("all_base", {set.a, set.Type, all_base, all}, {true, true, true, false})
    equal("ms", {fu.message_timestamp(), fu.message_timestamp("ms"), fu.message_timestamp("x")}, {54321000, 54321000, 54321000})
    equal("s", {fu.message_timestamp("s"), fu.message_timestamp("m"), fu.message_timestamp("h")}, {54321, 905, 15})
    equal("used_base_fields", fu.used_base_fields{Payload = true, Pid = true, x = true},
        {EnvVersion = true, Hostname = true, Logger = true, Severity = true, Type = true})
    equal("used_base_fields", fu.used_base_fields(), base)
    return 0
end
