--[[
Puts values of the message at hand into texts.

- interpolate_from_msg(text, seconds) replaces each %{name} by the header or field of
  that name, or if there is none and the name is a format of os.date, by that time,
  the current one without seconds; what is none of these stays. The second result is
  how many %{name} there were
--]]

local os = require "os"
local string = require "string"

local date, gsub = os.date, string.gsub
local tostring = tostring

local headers = {
    Type = "Type", Hostname = "Hostname", Pid = "Pid", UUID = "Uuid", Logger = "Logger",
    EnvVersion = "EnvVersion", Severity = "Severity",
}

local M = {}

function M.interpolate_from_msg(text, seconds)
    return gsub(text, "%%{(.-)}", function(name)
        local v
        if headers[name] then
            v = read_message(headers[name])
        else
            v = read_message("Fields[" .. name .. "]")
            if v == nil then
                v = date(name, seconds)
                if v == name then v = nil end
            end
        end
        return v ~= nil and tostring(v) or nil
    end)
end

return M
