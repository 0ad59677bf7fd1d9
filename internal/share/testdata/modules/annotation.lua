local annotation = require "annotation"
local json = require "cjson"

local function pruned(name, ns)
    local text = annotation.prune(name, ns)
    equal("newline", text:sub(-1), "\n")
    return json.decode(text).annotations
end

function process_message()
    equal("create", annotation.create(1.5e9, 1, "A", "text"), {x = 1500, col = 1, shortText = "A", text = "text"})
    equal("unknown", annotation.prune("test", 0), nil)
    annotation.add("test", 1e9, 1, "A", "anomaly")
    annotation.add("test", 5e9, 2, "A", "anomaly2")
    annotation.add("test", 60e9, 1, "M", "maintenance")
    equal("all", pruned("test", 60e9), {
        {x = 1000, col = 1, shortText = "A", text = "anomaly"},
        {x = 5000, col = 2, shortText = "A", text = "anomaly2"},
        {x = 60000, col = 1, shortText = "M", text = "maintenance"},
    })
    annotation.set_prune("test", 30e9)
    equal("one", pruned("test", 80e9), {{x = 60000, col = 1, shortText = "M", text = "maintenance"}})
    equal("none", annotation.prune("test", 90e9), '{"annotations":{}}\n')
    annotation.concat("test", {annotation.create(5e9, 1, "A", "a"), annotation.create(90e9, 1, "A", "b")})
    equal("concat", #pruned("test", 90e9), 1)
    annotation.remove("test")
    equal("removed", annotation.prune("test", 90e9), nil)
    _ANNOTATIONS.old = {annotation.create(5e9, 1, "A", "a"), annotation.create(20e9, 1, "A", "b"), _prune_duration = 10e9}
    equal("old schema", #pruned("old", 20e9), 1)
    return 0
end
