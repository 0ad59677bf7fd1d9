--[[
Grammars of dates and times, and their conversion to nanoseconds since 1970.

A grammar with captures gives a table of year, month, day, hour, min, sec (strings
of digits), sec_frac (number), offset_sign, offset_hour, offset_min, period and
time_t as far as its format has them; time_to_ns makes a number of such a table.

- build_strftime_grammar(format) makes a grammar of a format of strftime
- time_to_ns(table) is the time in nanoseconds, 0 if the table is no time
- seconds_to_ns(seconds) takes numbers and texts
--]]

local l = require "lpeg"
local os = require "os"
local string = require "string"

local P, R, S, C, Cc, Cg, Ct = l.P, l.R, l.S, l.C, l.Cc, l.Cg, l.Ct
local tonumber, type, ipairs, error, pcall = tonumber, type, ipairs, error, pcall

local M = {}

function M.time_to_ns(t)
    if not t then return 0 end
    if t.time_t then return t.time_t * 1e9 end
    if t.period then
        local hour = tonumber(t.hour)
        if t.period == "AM" and hour == 12 then
            t.hour = 0
        elseif t.period == "PM" and hour and hour < 12 then
            t.hour = hour + 12
        end
    end
    local ok, seconds = pcall(os.time, t)
    if not ok or not seconds then return 0 end
    if t.sec_frac then seconds = seconds + t.sec_frac end
    if t.offset_hour then
        local offset = t.offset_hour * 3600 + (t.offset_min or 0) * 60
        if t.offset_sign == "+" then offset = -offset end
        seconds = seconds + offset
    end
    return seconds * 1e9
end

function M.seconds_to_ns(s)
    return tonumber(s) * 1e9
end

local space, digit, letter = S" \t\n\v\f\r", R"09", R("az", "AZ")
local d2, d4 = digit * digit, digit * digit * digit * digit
local hours, sixty = R"01" * digit + "2" * R"03", R"05" * digit

-- names is the choice of words, each of which gives its number.
local function names(words)
    local p = P(false)
    for i, word in ipairs(words) do
        p = p + P(word) * Cc(tonumber(i) .. "")
    end
    return p
end

-- words is the choice of words, without captures.
local function words(list)
    local p = P(false)
    for _, word in ipairs(list) do p = p + word end
    return p
end

local months = {"January", "February", "March", "April", "May", "June", "July", "August",
    "September", "October", "November", "December"}
local days = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}

local function abbreviated(list)
    local short = {}
    for i, word in ipairs(list) do short[i] = string.sub(word, 1, 3) end
    return short
end

M.date_fullyear = Cg(d4, "year")
M.date_month = Cg("0" * R"19" + "1" * R"02", "month")
M.date_mabbr = Cg(names(abbreviated(months)), "month")
M.date_mfull = Cg(names(months), "month")
M.date_mday = Cg("0" * R"19" + S"12" * digit + "3" * S"01", "day")
M.date_mday_sp = Cg(" " * C(R"19") + C(S"12" * digit + "3" * S"01"), "day")
M.time_hour = Cg(hours, "hour")
M.time_minute = Cg(sixty, "min")
M.time_second = Cg(sixty + "60", "sec")
M.time_secfrac = Cg("." * digit^1 / tonumber, "sec_frac")

local function offset(sign, hour)
    return Cg(Cc(sign), "offset_sign") * Cg(Cc(hour), "offset_hour") * Cg(Cc(0), "offset_min")
end

M.timezone = P"UTC" * offset("+", 0)
    + "PST" * offset("-", 8) + "PDT" * offset("-", 7)
    + "MST" * offset("-", 7) + "MDT" * offset("-", 6)
    + "CST" * offset("-", 6) + "CDT" * offset("-", 5)
    + "EST" * offset("-", 5) + "EDT" * offset("-", 4)
    + letter^-5 * offset("+", 0)

local sign = Cg(S"+-", "offset_sign")
local offset_hour = Cg(hours / tonumber, "offset_hour")
local offset_min = Cg(sixty / tonumber, "offset_min")

M.timezone_offset = sign * offset_hour * offset_min
M.rfc3339_time_numoffset = sign * offset_hour * ":" * offset_min
M.rfc3339_time_offset = "Z" * offset("+", 0) + M.rfc3339_time_numoffset
local clock = M.time_hour * ":" * M.time_minute * ":" * M.time_second
M.rfc3339_partial_time = clock * M.time_secfrac^-1
M.rfc3339_full_date = M.date_fullyear * "-" * M.date_month * "-" * M.date_mday
M.rfc3339_full_time = M.rfc3339_partial_time * M.rfc3339_time_offset
M.rfc3339 = Ct(M.rfc3339_full_date * "T" * M.rfc3339_full_time)

-- The year that a time without one belongs to: the current one, but December read
-- in January is of the year before, and January read in December, which a clock
-- ahead or another zone makes, of the year after.
local function this_year(t)
    local now, month = os.date("*t"), tonumber(t.month)
    t.year = now.year
    if now.month == 1 and month == 12 then t.year = now.year - 1 end
    if now.month == 12 and month == 1 then t.year = now.year + 1 end
    return t
end

M.rfc3164_timestamp = Ct(M.date_mabbr * space^1 * Cg(digit * digit^-1, "day") * space^1 * clock) / this_year
M.mysql_timestamp = Ct(M.date_fullyear * M.date_month * M.date_mday
    * M.time_hour * M.time_minute * M.time_second)
M.pgsql_timestamp = Ct(M.rfc3339_full_date * " " * clock)

local leap_second = Cg(sixty + "6" * S"01", "sec")
local short_year = Cg(d2 / function(yy) return string.sub(os.date("%Y"), 1, 2) .. yy end, "year")

local specifiers = {
    a = words(abbreviated(days)),
    A = words(days),
    b = M.date_mabbr,
    B = M.date_mfull,
    C = d2,
    d = M.date_mday,
    e = M.date_mday_sp,
    g = short_year,
    G = M.date_fullyear,
    H = M.time_hour,
    I = Cg("0" * digit + "1" * R"02", "hour"),
    j = "00" * R"19" + "0" * R"19" * digit + S"12" * d2 + "3" * (R"05" * digit + "6" * R"06"),
    k = Cg(" " * C(digit) + C("1" * digit + "2" * R"03"), "hour"),
    l = Cg(space * C(digit) + C("1" * R"02"), "hour"),
    m = M.date_month,
    M = M.time_minute,
    n = P"\n",
    p = Cg(P"AM" + "PM", "period"),
    s = Cg(digit^1 / tonumber, "time_t"),
    S = leap_second,
    t = P"\t",
    u = R"17",
    U = R"04" * digit + "5" * R"03",
    w = R"06",
    z = M.timezone_offset,
    Z = M.timezone,
    ["%"] = P"%",
}
specifiers.h, specifiers.y, specifiers.Y = specifiers.b, specifiers.g, specifiers.G
specifiers.V, specifiers.W = specifiers.U, specifiers.U

-- What a specifier stands for.
local groups = {
    c = "%a %b %e %T %Y", D = "%m/%d/%y", x = "%m/%d/%y", F = "%Y-%m-%d", r = "%I:%M:%S %p",
    R = "%H:%M", T = "%H:%M:%S", X = "%H:%M:%S",
}

local function elements(format)
    local function specifier(x)
        if groups[x] then return elements(groups[x]) end
        return specifiers[x] or error("unknown strftime specifier: " .. x, 0)
    end
    local function join(a, b) return a * b end
    local element = "%" * (C(1) / specifier) + space * Cc(space) + (1 - S"% \t\n\v\f\r")^1 / P
    local p = l.match(l.Cf(element^1, join) * -1, format)
    return p or error("could not parse the strftime format", 0)
end

function M.build_strftime_grammar(format)
    if type(format) ~= "string" then error("could not parse the strftime format", 0) end
    return Ct(elements(format))
end

M.clf_timestamp = M.build_strftime_grammar"%d/%b/%Y:%T %z"

return M
