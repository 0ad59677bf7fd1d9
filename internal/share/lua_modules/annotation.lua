--[[
Annotations of graphs, in the global _ANNOTATIONS, which preserve_data keeps.

- create(ns, column, short_text, text) makes an annotation
- add(name, ns, column, short_text, text) makes one for the graph of that name
- concat(name, annotations) adds those of an array
- set_prune(name, ns_duration) sets how long they are kept, a day by default
- prune(name, ns) drops older ones and gives the line for the top of a cbuf payload
- remove(name) forgets those of the graph
--]]

local json = require "cjson"
local math = require "math"

local floor, ipairs = math.floor, ipairs

_ANNOTATIONS = {}

local day = 86400e9

-- graph is the entry of a name. Data that an older version kept is an array with a
-- member.
local function graph(name)
    local g = _ANNOTATIONS[name]
    if g and not g.annotations then
        local list = {}
        for i, a in ipairs(g) do list[i] = a end
        g = {annotations = list, prune_duration = g._prune_duration or day}
        _ANNOTATIONS[name] = g
    end
    return g
end

local function make(name)
    local g = graph(name)
    if not g then
        g = {annotations = {}, prune_duration = day}
        _ANNOTATIONS[name] = g
    end
    return g
end

local M = {}

function M.create(ns, col, stext, text)
    return {x = floor(ns / 1e6), col = col, shortText = stext, text = text}
end

function M.add(name, ns, col, stext, text)
    local list = make(name).annotations
    list[#list + 1] = M.create(ns, col, stext, text)
end

function M.concat(name, annotations)
    local list = make(name).annotations
    for _, a in ipairs(annotations) do list[#list + 1] = a end
end

function M.set_prune(name, ns_duration)
    make(name).prune_duration = ns_duration
end

function M.prune(name, ns)
    local g = graph(name)
    if not g then return nil end
    local kept = {}
    for _, a in ipairs(g.annotations) do
        if a.x * 1e6 + g.prune_duration > ns then kept[#kept + 1] = a end
    end
    g.annotations = kept
    return json.encode{annotations = kept} .. "\n"
end

function M.remove(name)
    _ANNOTATIONS[name] = nil
end

return M
