local util = require "util"

function process_message()
    local t = {toplevel = 0, struct = {item0 = 0, item1 = 1, item2 = {nested = "n1"}}}
    local fields = {}
    util.table_to_fields(t, fields)
    equal("fields", fields, {toplevel = 0, ["struct.item0"] = 0, ["struct.item1"] = 1, ["struct.item2.nested"] = "n1"})
    fields = {}
    util.table_to_fields(t, fields, nil, "_", 2)
    equal("fields", fields, {toplevel = 0, struct_item0 = 0, struct_item1 = 1, struct_item2 = '{"nested":"n1"}'})
    fields = {}
    util.table_to_fields({long = {name = {x = 1}}}, fields, nil, ".", 3)
    equal("the separator is no pattern", fields, {["long.name.x"] = 1})
    fields = {}
    util.table_to_fields({10, {20}}, fields, "a")
    equal("arrays", fields, {["a.1"] = 10, ["a.2.1"] = 20})

    for index, want in pairs{[10] = {"j", 17}, [16] = {"p", 11}, [0] = {"a", 26}, [1] = {"a", 26}, [26] = {"z", 1}, [45] = {nil, 0}} do
        local letters = {}
        for c in string.gmatch("abcdefghijklmnopqrstuvwxyz", ".") do letters[#letters + 1] = c end
        util.behead_array(index, letters)
        equal("behead " .. index, letters[1], want[1])
        equal("behead " .. index, #letters, want[2])
    end
    return 0
end
