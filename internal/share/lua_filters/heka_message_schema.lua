--[[
Lists which messages there are: for each logger, type and version the fields, their
types, and how often they occur.
--]]

require "string"
require "table"

-- counts by logger, type and version.
loggers = {}

local kinds = {[0] = "string", "string", "number", "number", "bool"}

-- entry returns the member of that name, made anew if there is none, and counts it.
local function entry(t, name)
    local e = t[name]
    if not e then
        e = {count = 0, members = {}}
        t[name] = e
    end
    e.count = e.count + 1
    return e
end

function process_message()
    local logger = entry(loggers, read_message("Logger"))
    local kind = entry(logger.members, read_message("Type"))
    local version = entry(kind.members, read_message("EnvVersion"))
    local seen = {}
    while true do
        local t, name = read_next_field()
        if not t then break end
        local f = version.members[name]
        if not f then
            f = {count = 0, kind = kinds[t]}
            version.members[name] = f
        end
        if f.kind ~= kinds[t] then f.kind = "mismatch" end
        if not seen[name] then seen[name], f.count = true, f.count + 1 end
    end
    return 0
end

local function sorted(t)
    local names = {}
    for name in pairs(t) do names[#names + 1] = name end
    table.sort(names)
    local i = 0
    return function()
        i = i + 1
        return names[i], t[names[i]]
    end
end

local function line(indent, name, empty, count)
    add_to_payload(string.rep(" ", indent), name == "" and empty or name, " [", count, "]\n")
end

function timer_event()
    add_to_payload("Logger -> Type -> EnvVersion -> Field Attributes.\n",
        "The number in brackets is the number of occurrences of each logger/type/attribute.\n\n")
    for name, logger in sorted(loggers) do
        line(0, name, "-no logger-", logger.count)
        for name, kind in sorted(logger.members) do
            line(4, name, "-no type-", kind.count)
            for name, version in sorted(kind.members) do
                line(9, name, "-no version-", version.count)
                for name, f in sorted(version.members) do
                    add_to_payload(string.rep(" ", 12), name, " (", f.kind)
                    if f.count ~= version.count then add_to_payload(" - optional [", f.count, "]") end
                    add_to_payload(")\n")
                end
            end
        end
    end
    inject_payload("txt", "Message Schema")
end
