--[[
Decodes what rsyslog writes with a template. The time, severity, hostname, process and
message become the headers; the other properties become fields.

Config:

- template (string, required)
    The template string of the configuration of rsyslog.
- type (string, optional, default nil)
    Type of the messages; without it they keep theirs.
- hostname_keep (bool, optional, default false)
    Keeps the hostname that the message has; that of the log becomes a field.
- tz (string, optional, default "UTC")
    Time zone of times without one.
--]]

local syslog = require "syslog"

local grammar = syslog.build_rsyslog_grammar(read_config("template"))
local type_name = read_config("type")
local hostname_keep = read_config("hostname_keep")

local severities = {"syslogseverity", "syslogseverity-text", "syslogpriority", "syslogpriority-text"}

function process_message()
    local fields = grammar:match(read_message("Payload"))
    if not fields then return -1 end
    local msg = {Type = type_name, Fields = fields}

    msg.Timestamp, fields.timestamp = fields.timestamp, nil

    for _, name in ipairs(severities) do
        msg.Severity, fields[name] = msg.Severity or fields[name], nil
    end
    if fields.pri then
        msg.Severity, fields.syslogfacility, fields.pri = fields.pri.severity, fields.pri.facility, nil
    end

    if fields.syslogtag then
        fields.programname, msg.Pid, fields.syslogtag = fields.syslogtag.programname, fields.syslogtag.pid, nil
    end

    if not hostname_keep then
        msg.Hostname = fields.hostname or fields.source
        fields.hostname, fields.source = nil, nil
    end

    local data = fields["structured-data"]
    if data then
        fields["structured-data"] = nil
        for name, v in pairs(data) do fields[name == "id" and "sd_id" or "sd" .. name] = v end
    end

    msg.Payload, fields.msg = fields.msg, nil
    if not pcall(inject_message, msg) then return -1 end
    return 0
end
