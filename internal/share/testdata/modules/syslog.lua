require "os"
local syslog = require "syslog"

local function f(template, text, want)
    equal(template .. " on " .. text, syslog.build_rsyslog_grammar(template):match(text), want)
end

function process_message()
    local tail = [[ %HOSTNAME% %syslogtag%%msg:::sp-if-no-1st-sp%%msg:::drop-last-lf%\n]]
    f("%TIMESTAMP%" .. tail, "Feb  9 14:17:01 trink-x230 CRON[20758]: (root) CMD (   cd / && run-parts --report /etc/cron.hourly)\n", {
        timestamp = os.time{year = os.date("%Y"), month = 2, day = 9, hour = 14, min = 17, sec = 1} * 1e9,
        hostname = "trink-x230", syslogtag = {programname = "CRON", pid = 20758},
        msg = "(root) CMD (   cd / && run-parts --report /etc/cron.hourly)",
    })
    f("%TIMESTAMP:::date-rfc3339%" .. tail, "2014-02-10T08:21:59.111537-08:00 trink-x230 kernel: Kernel logging (proc) stopped.\n", {
        timestamp = 1392049319111537000, hostname = "trink-x230", syslogtag = {programname = "kernel"},
        msg = "Kernel logging (proc) stopped.",
    })
    local forward = "<%PRI%>%TIMESTAMP:::date-rfc3339% %HOSTNAME% %syslogtag:1:32%%msg:::sp-if-no-1st-sp%%msg%"
    f(forward, "<6>2014-02-10T08:33:15.407935-08:00 trink-x230 kernel: imklog 5.8.6, log source = /proc/kmsg started.", {
        timestamp = 1392049995407935000, pri = {facility = 0, severity = 6}, hostname = "trink-x230",
        syslogtag = {programname = "kernel"}, msg = "imklog 5.8.6, log source = /proc/kmsg started.",
    })
    f(forward, "<166>2014-06-26T23:13:23-07:00 example.com     at java.net.SocketInputStream.socketRead0(Native Method)", {
        timestamp = 1403849603000000000, pri = {facility = 20, severity = 6}, hostname = "example.com",
        syslogtag = {programname = ""}, msg = "at java.net.SocketInputStream.socketRead0(Native Method)",
    })
    f([[%HOSTNAME% %SOURCE% %FROMHOST% %FROMHOST-IP% %SYSLOGTAG% %PROGRAMNAME% %PRI% %PRI-TEXT% %IUT% %SYSLOGFACILITY% %SYSLOGFACILITY-TEXT% %SYSLOGPRIORITY% %SYSLOGPRIORITY-TEXT% %TIMEGENERATED% %TIMEREPORTED:::date-mysql% %TIMESTAMP:::date-rfc3339% %PROTOCOL-VERSION% %STRUCTURED-DATA% %APP-NAME% %PROCID% %MSGID% %$NOW% %$YEAR% %$MONTH% %$DAY% %$HOUR% %$HHOUR% %$QHOUR% %$MINUTE% %MSG%\n]],
        "trink-x230 trink-x230 trink-x230 127.0.0.1 kernel: kernel 6 kern.info<6> 1 0 kern 6 info Feb 10 09:20:53 20140210092053 2014-02-10T09:20:53.559934-08:00 0 - kernel  - 2014-02-10 2014 02 10 09 00 01 20 imklog 5.8.6, log source = /proc/kmsg started.\n", {
            hostname = "trink-x230", source = "trink-x230", fromhost = "trink-x230", ["fromhost-ip"] = "127.0.0.1",
            syslogtag = {programname = "kernel"}, programname = "kernel", pri = {facility = 0, severity = 6},
            ["pri-text"] = 0, iut = "1", syslogfacility = 0, ["syslogfacility-text"] = 0, syslogpriority = 6,
            ["syslogpriority-text"] = 6, timestamp = 1392052853559934000,
            timegenerated = os.time{year = os.date("%Y"), month = 2, day = 10, hour = 9, min = 20, sec = 53} * 1e9,
            ["protocol-version"] = "0", ["structured-data"] = {}, ["app-name"] = "kernel", procid = "", msgid = "-",
            ["$now"] = "2014-02-10", ["$year"] = "2014", ["$month"] = "02", ["$day"] = "10", ["$hour"] = "09",
            ["$hhour"] = "00", ["$qhour"] = "01", ["$minute"] = "20",
            msg = "imklog 5.8.6, log source = /proc/kmsg started.",
        })
    f("%STRUCTURED-DATA%", [=[[origin@123 name1="first value" name2="sec\ond\\v[a\]l\"ue"]]=],
        {["structured-data"] = {id = "origin@123", _name1 = "first value", _name2 = [[sec\ond\v[a]l"ue]]}})
    f("%STRUCTURED-DATA%", [=[[origin@123 name=""]]=], {["structured-data"] = {id = "origin@123", _name = ""}})
    f("%STRUCTURED-DATA%", [=[[a x="1"][b][c y="2"]]=], {["structured-data"] = {id = {"a", "b", "c"}, _x = "1", _y = "2"}})
    f([[|%msg%|%syslogfacility-text%\041]], "|a b|authpriv)", {msg = "a b", ["syslogfacility-text"] = 10})
    f("%timestamp:::date-unixtimestamp%.%timestamp:::date-subseconds%", "1392052853.25",
        {timestamp = 1392052853e9, ["timestamp-subseconds"] = 25})
    equal("severity", syslog.severity:match("WARNING"), 4)
    raises("could not parse the rsyslog template", syslog.build_rsyslog_grammar, "%")
    raises("invalid rsyslog property: 'bogus'", syslog.build_rsyslog_grammar, "%bogus%")
    return 0
end
