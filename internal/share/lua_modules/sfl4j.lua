--[[
Grammar of the logs of Dropwizard and SLF4J.

- logevent_grammar gives severity, timestamp in ns, class, message and stacktrace
--]]

local l = require "lpeg"
local string = require "string"
local dt = require "date_time"

local P, R, S, Cc, Cg, Ct = l.P, l.R, l.S, l.Cc, l.Cg, l.Ct
local tonumber, pairs = tonumber, pairs

local severity = P(false)
for name, n in pairs{TRACE = 7, DEBUG = 7, INFO = 6, WARN = 4, ERROR = 3, FATAL = 0} do
    severity = severity + (P(name) + string.lower(name)) * Cc(n)
end

local sp, digit = S" \t\n\v\f\r"^1, R"09"
local clock = dt.time_hour * ":" * dt.time_minute * ":" * dt.time_second
local fraction = Cg(digit * digit * digit^1 / function(s) return tonumber("0." .. s) end, "sec_frac")
local time = Ct(dt.rfc3339_full_date * sp * clock * "," * fraction^-1) / dt.time_to_ns
local text = (1 - P"\n")^0

return {
    logevent_grammar = Ct(Cg(severity, "severity") * sp * "[" * Cg(time, "timestamp") * "]" * sp
        * Cg((1 - P":")^1, "class") * ":" * sp * Cg(text, "message") * "\n"
        * Cg((text * "\n")^0, "stacktrace")),
}
