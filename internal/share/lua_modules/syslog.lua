--[[
Grammars of what rsyslog writes.

- build_rsyslog_grammar(template) makes a grammar of a template as in rsyslog's legacy
  $template; it gives a table of the properties by name, in lower case
- severity matches the name of a severity and gives its number
--]]

local l = require "lpeg"
local math = require "math"
local string = require "string"
local table = require "table"
local dt = require "date_time"
local ip = require "ip_address"

local P, R, S, C, Cc, Cg, Cs, Ct = l.P, l.R, l.S, l.C, l.Cc, l.Cg, l.Cs, l.Ct
local lower, upper, sub, char = string.lower, string.upper, string.sub, string.char
local floor, tonumber, ipairs, pairs, error = math.floor, tonumber, ipairs, pairs, error

-- names matches the longest of the names in a table, in lower or upper case.
local function names(numbers)
    local list, p = {}, P(false)
    for name in pairs(numbers) do list[#list + 1] = name end
    table.sort(list, function(a, b) return a > b end)
    for _, name in ipairs(list) do p = p + (P(name) + upper(name)) * Cc(numbers[name]) end
    return p
end

local severity = names{
    debug = 7, info = 6, notice = 5, warning = 4, warn = 4, error = 3, err = 3, crit = 2, alert = 1,
    emerg = 0, panic = 0,
}
local facility = names{
    kern = 0, user = 1, mail = 2, daemon = 3, auth = 4, security = 4, syslog = 5, lpr = 6, news = 7, uucp = 8,
    cron = 9, authpriv = 10, ftp = 11, ntp = 12, audit = 13, alert = 14, clock = 15, local0 = 16, local1 = 17,
    local2 = 18, local3 = 19, local4 = 20, local5 = 21, local6 = 22, local7 = 23,
}

local space, digit, printable = S" \t\n\v\f\r", R"09", R"!~"
local int = digit^1 / tonumber
local d2 = digit * digit

local host = C(printable^-255)
local address = C(ip.v4 + ip.v6)
local program = (printable - S":[")^0
local pri = digit * digit^-2

-- times are the formats of times by the name of their option.
local times = {
    ["date-rfc3164"] = dt.rfc3164_timestamp / dt.time_to_ns,
    ["date-mysql"] = dt.mysql_timestamp / dt.time_to_ns,
    ["date-pgsql"] = dt.pgsql_timestamp / dt.time_to_ns,
    ["date-rfc3339"] = dt.rfc3339 / dt.time_to_ns,
    ["date-unixtimestamp"] = digit^1 / dt.seconds_to_ns,
    ["date-subseconds"] = int,
}

--
-- Structured data: [id name="value" …], one or more of them, or -
--

local sd_name = (printable - S'= ]"')^1
local sd_escape = P"\\" * C(S'"\\]')
local sd_value = Cs((sd_escape / "%1" + (1 - S'"]'))^0)
local sd_param = Cg(P" "^1 * C(sd_name) * '="' * sd_value * '"')
local sd_element = Ct("[" * C(sd_name) * Ct(Ct(sd_param)^0) * "]")

-- elements makes one table of all elements; of several the id is an array.
local function elements(list)
    local t = {}
    for i, e in ipairs(list) do
        if i == 1 then
            t.id = e[1]
        elseif i == 2 then
            t.id = {t.id, e[1]}
        else
            t.id[i] = e[1]
        end
        for _, p in ipairs(e[2]) do t["_" .. p[1]] = p[2] end
    end
    return t
end

local structured_data = P"-" * Ct(P(true)) + Ct(sd_element^1) / elements

--
-- Properties
--

local function time(name)
    return function(_, option)
        return times[option] or times["date-rfc3164"], name .. (option == "date-subseconds" and "-subseconds" or "")
    end
end

local properties = {
    rawmsg = C(P(1)^0),
    hostname = host, source = host, fromhost = host,
    ["fromhost-ip"] = address,
    syslogtag = Ct(Cg(program, "programname") * ("[" * Cg(int, "pid") * "]")^-1) * P":"^-1,
    programname = C(program),
    pri = pri / function(n) return {facility = floor(n / 8), severity = n % 8} end,
    ["pri-text"] = facility * "." * (severity / 0) * "<" * pri * ">",
    iut = C(digit^1),
    syslogfacility = int, ["syslogfacility-text"] = facility,
    syslogseverity = digit / tonumber, ["syslogseverity-text"] = severity,
    syslogpriority = digit / tonumber, ["syslogpriority-text"] = severity,
    timegenerated = time"timegenerated", timereported = time"timestamp", timestamp = time"timestamp",
    ["protocol-version"] = C(digit^1),
    ["structured-data"] = structured_data,
    ["app-name"] = C(printable^-48), procid = C(printable^-128), msgid = C(printable^-32),
    inputname = C(printable^0),
    ["$bom"] = C("\239\187\191"),
    ["$now"] = C(d2 * d2 * "-" * d2 * "-" * d2),
    ["$year"] = C(d2 * d2), ["$month"] = C(d2), ["$day"] = C(d2), ["$hour"] = C(d2),
    ["$hhour"] = C("0" * S"01"), ["$qhour"] = C("0" * R"03"), ["$minute"] = C(d2),
    msg = function(terminator)
        return C((1 - P(terminator or "\n"))^0), "msg"
    end,
}

-- A property of a template: its pattern, which depends on the literal before it.
local function property(name, option)
    name = lower(name)
    if option == "sp-if-no-1st-sp" then return {pattern = P" "^1} end
    local p = properties[name]
    if not p then error("invalid rsyslog property: '" .. name .. "'", 0) end
    return {name = name, read = p, option = option}
end

local function literal(s) return {pattern = P(s), last = sub(s, -1)} end

local letter = R("az", "AZ", "09") + S"-$_!."
local range = (1 - S":%")^0
local escapes = {t = "\t", n = "\n", r = "\r", a = "\a", b = "\b", v = "\v", f = "\f"}
local escape = "\\" * (C(S"\"'\\%")
    + C(S"tnrabvf") / escapes
    + digit * digit * digit / function(s) return char(tonumber(s) % 256) end) / 1

local template = Ct((
      "%" * C(letter^1) * (":" * range * (":" * range * (":" * C((1 - P"%")^0))^-1)^-1)^-1 * "%" / property
    + space * Cc{pattern = space}
    + Cs((escape + (1 - (space + S"%\\")))^1) / literal
)^1) * -1

local function build(pieces)
    local grammar, terminator = P(true), nil
    for _, p in ipairs(pieces) do
        local pattern, name = p.pattern, p.name
        if p.read then
            if l.type(p.read) == "pattern" then
                pattern = p.read
            elseif name == "msg" then
                pattern = p.read(terminator)
            else
                pattern, name = p.read(terminator, p.option)
            end
            pattern = Cg(pattern, name)
        end
        grammar = grammar * pattern
        if p.last then
            terminator = p.last
        elseif p.read then
            terminator = nil
        end
    end
    return Ct(grammar)
end

local M = {severity = severity}

function M.build_rsyslog_grammar(text)
    local pieces = text and template:match(text)
    if not pieces then error("could not parse the rsyslog template", 0) end
    return build(pieces)
end

return M
