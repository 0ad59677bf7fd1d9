--[[
What the decoders of access logs have in common.

- decoder(build) makes process_message of a function that builds a grammar of the
  option log_format; it reads the options type, payload_keep, user_agent_transform,
  user_agent_keep and user_agent_conditional
--]]

local clf = require "common_log_format"

-- Agents that were seen are remembered, up to so many.
local max_agents = 1000

local function agents()
    local known, count = {}, 0
    return function(text)
        local a = known[text]
        if not a then
            if count == max_agents then known, count = {}, 0 end
            local browser, version, os = clf.normalize_user_agent(text)
            a = {browser = browser, version = version, os = os}
            known[text], count = a, count + 1
        end
        return a
    end
end

local M = {}

function M.decoder(build)
    local grammar = build(read_config("log_format"))
    local payload_keep = read_config("payload_keep")
    local transform = read_config("user_agent_transform")
    local keep = read_config("user_agent_keep")
    local conditional = read_config("user_agent_conditional")
    local agent = agents()
    local msg = {Type = read_config("type")}

    return function()
        local line = read_message("Payload")
        local fields = grammar:match(line)
        if not fields then return -1 end
        msg.Timestamp, fields.time = fields.time, nil
        if payload_keep then msg.Payload = line end
        local text = fields.http_user_agent
        if transform and text then
            local a = agent(text)
            fields.user_agent_browser, fields.user_agent_version, fields.user_agent_os = a.browser, a.version, a.os
            if not keep and (a.browser or not conditional) then fields.http_user_agent = nil end
        end
        msg.Fields = fields
        inject_message(msg)
        return 0
    end
end

return M
