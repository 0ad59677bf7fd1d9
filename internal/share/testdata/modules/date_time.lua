require "os"
local dt = require "date_time"

local function time(grammar, text, want)
    local t = grammar:match(text)
    equal(text, t and dt.time_to_ns(t), want)
end

function process_message()
    for text, want in pairs{
        ["1985-04-12T23:20:50.52Z"] = 482196050520000000,
        ["1996-12-19T16:39:57-08:00"] = 851042397000000000,
        ["1990-12-31T23:59:60Z"] = 662688000000000000,
        ["1990-12-31T15:59:60-08:00"] = 662688000000000000,
        ["1937-01-01T12:00:27.87+00:20"] = -1041337172130000000,
        ["1999-05-05T23:23:59.217-07:00"] = 925971839217000064,
    } do
        time(dt.rfc3339, text, want)
    end
    for _, text in ipairs{"1985-04-12t23:20:50.52Z", "1985-04-12T23:20:50.52z", "1985-04-12",
        "1999-05-05T23:23:59.217-0700"} do
        time(dt.rfc3339, text, nil)
    end
    local t = 1392050796e9
    time(dt.clf_timestamp, "10/Feb/2014:08:46:36 -0800", t)
    time(dt.mysql_timestamp, "20140210164636", t)
    time(dt.pgsql_timestamp, "2014-02-10 16:46:36", t)
    local year = os.date("%Y")
    time(dt.rfc3164_timestamp, "Feb  9 14:17:01", os.time{year = year, month = 2, day = 9, hour = 14, min = 17, sec = 1} * 1e9)
    local date = os.date
    for text, years in pairs{["Dec 31 23:59:59"] = {-1, 0, 0}, ["Jan  1 00:00:01"] = {0, 0, 1}, ["Jul  1 00:00:00"] = {0, 0, 0}} do
        for i, month in ipairs{1, 7, 12} do
            os.date = function() return {year = 2014, month = month} end
            equal(text .. " in month " .. month, dt.rfc3164_timestamp:match(text).year, 2014 + years[i])
        end
    end
    os.date = date
    for format, text in pairs{["%c"] = "Mon Feb 10 16:46:36 2014", ["%D %T"] = "02/10/14 16:46:36",
        ["%D %r"] = "02/10/14 04:46:36 PM", ["%d/%b/%Y:%H:%M:%S %z"] = "10/Feb/2014:16:46:36 +0000",
        ["%s"] = "1392050796", ["%Y-%m-%dT%H:%M:%S%Z"] = "2014-02-10T08:46:36PST"} do
        time(dt.build_strftime_grammar(format), text, t)
    end
    time(dt.build_strftime_grammar"%F %r", "2014-02-10 12:00:00 AM", 1391990400e9)
    raises("unknown strftime specifier: E", dt.build_strftime_grammar, "%E")
    raises("could not parse the strftime format", dt.build_strftime_grammar, "%")

    local specifiers = "aAbBcCdDeFgGhHIjklmMnprRsStTuUVwWxXyYzZ%"
    for ns = 0, 1.7e9, 7654321 do
        local at = ns - ns % 1
        for c in string.gmatch(specifiers, ".") do
            local text = os.date("%" .. c, at)
            local got = dt.build_strftime_grammar("%" .. c):match(text)
            if not got then error("%" .. c .. " does not match " .. text) end
        end
    end
    equal("time_to_ns(nil)", dt.time_to_ns(nil), 0)
    equal("time_to_ns of no time", dt.time_to_ns{hour = "1"}, 0)
    equal("seconds_to_ns", dt.seconds_to_ns("1.5"), 1.5e9)
    return 0
end
