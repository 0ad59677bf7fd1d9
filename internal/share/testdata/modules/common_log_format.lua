local clf = require "common_log_format"

local function single(build, format, text, want)
    equal(format .. " on " .. text, clf["build_" .. build .. "_grammar"](format):match(text), want)
end
local function v(value, representation) return {value = value, representation = representation} end

local combined = [[127.0.0.1 - - [10/Feb/2014:08:46:41 -0800] "GET / HTTP/1.1" 304 0 "-" "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:26.0) Gecko/20100101 Firefox/26.0"]]
local want = {
    remote_addr = v("127.0.0.1", "ipv4"), remote_user = "-", time = 1392050801000000000,
    request = "GET / HTTP/1.1", status = 304, body_bytes_sent = v(0, "B"), http_referer = "-",
    http_user_agent = "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:26.0) Gecko/20100101 Firefox/26.0",
}

local function nginx()
    local function f(format, text, want) single("nginx", format, text, want) end
    f('"$arg_generic"', [["test \"item\""]], {arg_generic = [[test \"item\"]]})
    f("$body_bytes_sent", "23", {body_bytes_sent = v(23, "B")})
    f("$host", "example.com", {host = v("example.com", "hostname")})
    f("$hostname", "::1", {hostname = v("::1", "ipv6")})
    f("$https", "on", {https = "on"})
    f("$https", "", {https = ""})
    f("$msec", "1391794831.755", {time = 1391794831755000000})
    f("$request_time", "1.123", {request_time = v(1.123, "s")})
    f("$time_iso8601", "2014-02-10T08:46:41-08:00", {time = 1392050801000000000})
    f("$time_local", "10/Feb/2014:08:46:41 -0800", {time = 1392050801000000000})
    f("$status", "200", {status = 200})
    f("$server_protocol", "HTTP/1.0", {server_protocol = "HTTP/1.0"})
    f("[$foo]", "[a b]", {foo = "a b"})
    f("$remote_addr.", "10.0.0.1.", {remote_addr = v("10.0.0.1", "ipv4")})
    f([[$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"]],
        combined, want)
    f([[$msec $remote_addr "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"]],
        [[1391794831.755 127.0.0.1 "GET / HTTP/1.1" 304 0 "-" "-" 0.000]], {
            time = 1391794831755000000, remote_addr = v("127.0.0.1", "ipv4"), request = "GET / HTTP/1.1",
            status = 304, body_bytes_sent = v(0, "B"), http_referer = "-", http_user_agent = "-",
        })
    local upstream = [[$upstream_addr $upstream_cache_status $upstream_response_length $upstream_response_time $upstream_status "$upstream_http_test" $upstream_cache_last_modified]]
    f(upstream, [[192.168.1.1:80, 192.168.1.2:80, unix:/tmp/sock : 192.168.10.1:80, 192.168.10.2:80 HIT 1, 2, 3 : 4, 5 1.1, 1.2, 1.3 : 1.4, - 200, 201, 202 : 203, - "header field" Mon, 28 Sep 1970 06:00:00 GMT]], {
        upstream_addr = {"192.168.1.1:80", "192.168.1.2:80", "unix:/tmp/sock", "192.168.10.1:80", "192.168.10.2:80"},
        upstream_cache_status = "HIT", upstream_response_length = v({1, 2, 3, 4, 5}, "B"),
        upstream_response_time = v({1.1, 1.2, 1.3, 1.4, 0}, "s"), upstream_status = {200, 201, 202, 203, 0},
        upstream_http_test = "header field", upstream_cache_last_modified = 23349600000000000,
    })
    f(upstream, [[- - - - - "-" -]], {
        upstream_addr = {"-"}, upstream_cache_status = "-", upstream_response_length = "-",
        upstream_response_time = v({0}, "s"), upstream_status = {0}, upstream_http_test = "-",
        upstream_cache_last_modified = "-",
    })
    raises("could not parse the log_format configuration", clf.build_nginx_grammar, "$")
end

local function apache()
    local function f(format, text, want) single("apache", format, text, want) end
    f("%b", "-", {body_bytes_sent = v(0, "B")})
    f("%D", "123", {request_time = v(123, "us")})
    f([[\"%V\"]], '"example.com"', {server_name = v("example.com", "hostname")})
    f([["%400,501{User-agent}i"]], '"x y"', {http_user_agent = "x y"})
    f([["%!400,501{User-agent}i"]], '"x y"', {http_user_agent = "x y"})
    f("%{Test-item}C", "item", {["cookie_Test-item"] = "item"})
    f("%{Test-item}o", "item", {sent_http_test_item = "item"})
    f("%{hextid}P", "63", {tid = 99})
    local t = {time = 1392050801000000000}
    f("%{msec}t", "1392050801000", t)
    f("%{usec}t", "1392050801000000", t)
    f("%{sec}t", "1392050801", t)
    f("%{begin:sec}t", "1392050801", t)
    f("%{end:sec}t", "1392050801", t)
    f("%{%s}t", "1392050801", t)
    f("%{%d/%b/%Y:%H:%M:%S %z}t", "10/Feb/2014:08:46:41 -0800", t)
    f("%{begin:%F %T %z}t", "2014-02-10 08:46:41 -0800", t)
    f("%{msec_frac}t", "010", {sec_frac = 0.01})
    f([[%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"]], combined, want)
    f("%{Referer}i -> %U", "- -> /", {http_referer = "-", uri = "/"})
    f("%% %a %B %b %D %f %k %p %P %s %t %T %v %X %I %O %S %A",
        "% 127.0.0.1 235 235 204 test.txt 2 80 1234 404 [20/Mar/2014:08:56:26 -0700] 0 example.com + 311 498 809 ::1", {
            remote_addr = v("127.0.0.1", "ipv4"), body_bytes_sent = v(235, "B"), request_filename = "test.txt",
            connection_requests = 2, server_port = 80, pid = 1234, status = 404, time = 1395330986000000000,
            request_time = v(0, "s"), server_name = v("example.com", "hostname"), connection_status = "+",
            request_length = v(311, "B"), response_length = v(498, "B"), total_length = v(809, "B"),
            server_addr = v("::1", "ipv6"),
        })
    local vhost = clf.build_apache_grammar([[%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"]])
        :match("example.com:80 " .. combined)
    equal("vhost", vhost.server_port, 80)
    equal("vhost", vhost.server_name, v("example.com", "hostname"))
    raises("unknown variable: Z", clf.build_apache_grammar, "%Z")
    raises("unknown port format: x", clf.build_apache_grammar, "%{x}p")
    raises("unknown pid format: x", clf.build_apache_grammar, "%{x}P")
    raises("could not parse the log_format configuration", clf.build_apache_grammar, "%")
end

local function user_agents()
    local function f(ua, ...)
        local got, want = {clf.normalize_user_agent(ua)}, {...}
        for i = 1, 3 do equal(ua, got[i], want[i]) end
    end
    f("Mozilla/5.0 (Windows NT 6.2; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1667.0 Safari/537.36", "Chrome", 32, "Windows 8")
    f("Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.1; WOW64; Trident/6.0)", "MSIE", 10, "Windows 7")
    f("Mozilla/5.0 (Windows NT 6.1; rv:29.0) Gecko/20100101 Firefox/29.0", "Firefox", 29, "Windows 7")
    f("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.9; rv:29.0) Gecko/20100101 Firefox/29.0", "Firefox", 29, "Macintosh")
    f("Mozilla/5.0 (Mobile; rv:29.0) Gecko/29.0 Firefox/29.0", "Firefox", 29, "FirefoxOS")
    for _, ua in ipairs{"curl/7.29.0", "Apache-HttpClient/UNAVAILABLE (java 1.5)", "Googlebot/2.1 (+http://www.google.com/bot.html)", "", "-"} do f(ua) end
    f("Mozilla/5.0 (iPad; U; CPU OS 3_2_1 like Mac OS X; en-us) AppleWebKit/531.21.10 (KHTML, like Gecko) Mobile/7B405", nil, nil, "iPad")
    f("Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0; MSIE; )", "MSIE", nil, "Windows 7")
    f("Firefox/29.0 FxSync/1.31.0.20140317184734.desktop", "Firefox", 29, nil)
    f("Mozilla/5.0 (iPad; CPU OS 6_0 like Mac OS X) AppleWebKit/536.26 (KHTML, like Gecko) Version/6.0 Mobile/10A5355d Safari/8536.25", "Safari", 8536, "iPad")
    f("Opera/9.80 (J2ME/MIDP; Opera Mini/9.80 (S60; SymbOS; Opera Mobi/23.348; U; en) Presto/2.5.25 Version/10.54", "Opera Mini", 10, nil)
    f("Opera/12.02 (Android 4.1; Linux; Opera Mobi/ADR-1111101157; U; en-US) Presto/2.9.201 Version/12.02", "Opera Mobi", 12, "Android")
    f("Opera/9.80 (Windows NT 6.0) Presto/2.12.388 Version/12.14", "Opera", 12, "Windows Vista")
    f(nil)
end

local function errors()
    local g = clf.nginx_error_grammar
    local want = {Timestamp = 1393673379000000000, Severity = 5, Pid = 16842, Fields = {tid = 0},
        Payload = [[using inherited sockets from "6;"]]}
    equal("error", g:match([[2014/03/01 11:29:39 [notice] 16842#0: using inherited sockets from "6;"]]), want)
    want.Fields.connection = 8878
    equal("error", g:match([[2014/03/01 11:29:39 [notice] 16842#0: *8878 using inherited sockets from "6;"]]), want)
    equal("error", g:match("bogus"), nil)
end

function process_message()
    nginx()
    apache()
    user_agents()
    errors()
    return 0
end
