--[[
Grammars of the logs of nginx and Apache.

- build_nginx_grammar(log_format), build_apache_grammar(log_format) make a grammar
  of the format of an access log; it gives a table of the variables by name, and
  the time in nanoseconds as time
- nginx_error_grammar reads the error log of nginx
- normalize_user_agent(text) returns browser, version and operating system

In a format, white space stands for any amount of white space. A text or an address
ends where the white space or literal that follows it in the format begins; a quote
behind a backslash ends nothing.
--]]

local l = require "lpeg"
local string = require "string"
local dt = require "date_time"
local ip = require "ip_address"

local P, R, S, C, Cc, Cg, Ct = l.P, l.R, l.S, l.C, l.Cc, l.Cg, l.Ct
local find, sub, char, lower, gsub, match = string.find, string.sub, string.char, string.lower, string.gsub, string.match
local tonumber, ipairs, error = tonumber, ipairs, error

local M = {}

local space, digit, hex = S" \t\n\v\f\r", R"09", R("09", "af", "AF")
local int = digit^1 / tonumber
local decimal = digit^1 * "." * digit^1 / tonumber
local number = digit^1 * ("." * digit^1)^-1 / tonumber

-- value is a table of a value and its representation.
local function value(p, representation)
    return Ct(Cg(p, "value") * Cg(Cc(representation), "representation"))
end

-- words is the first of the words.
local function words(...)
    local p = P(false)
    for _, word in ipairs{...} do p = p + word end
    return C(p)
end

-- list is a list as nginx writes it about its upstreams.
local function list(item)
    return Ct(item * ((P", " + " : ") * item)^0)
end

--
-- Values whose end depends on what follows: after is a pattern of that, and literal
-- its text; both are nil where nothing follows. before is the literal before the
-- value, nil for white space.
--

local function host(after)
    local fits = after and #after or P(true)
    local letter = R("az", "AZ", "09") + S"-._~!$&'()*+,;=" + "%" * hex * hex
    local name = letter^1
    if after then
        name = name * fits + letter * (letter - after)^0 * fits
    end
    return value(C(ip.v4) * fits, "ipv4") + value(C(ip.v6) * fits, "ipv6") + value(C(name), "hostname")
end

local function upstream_addr(after, literal)
    local letter = 1 - (space + ",")
    local more = literal and letter - after or letter
    return list(C(letter * more^0))
end

local function text(after, literal, before)
    local stop = after
    if not stop then
        literal = before and sub(before, -1)
        stop = literal and P(literal) or space
    end
    local letter = 1 - stop
    if literal and sub(literal, 1, 1) == '"' then letter = "\\" * P(1) + letter end
    return C(letter^0)
end

--
-- Times. Most lines are of the same second as the one before.
--

local function remembering(shape, parse)
    local last, ns
    return C(shape) / function(s)
        if s ~= last then last, ns = s, parse(s) end
        return ns
    end
end

local d2 = digit * digit
local clf_shape = R"03" * digit * "/" * R("AZ", "az") * R("AZ", "az") * R("AZ", "az") * "/" * d2 * d2
    * ":" * d2 * ":" * d2 * ":" * d2 * space * S"+-" * d2 * d2
local clf_ns = dt.clf_timestamp / dt.time_to_ns
local time_local = #dt.clf_timestamp * remembering(clf_shape, function(s) return l.match(clf_ns, s) end)

local http_date = dt.build_strftime_grammar"%a, %d %b %Y %T GMT" / dt.time_to_ns

--
-- nginx
--

local nginx_types = {
    time = {
        msec = digit^1 * "." * digit^1 / dt.seconds_to_ns,
        time_iso8601 = dt.rfc3339 / dt.time_to_ns,
        time_local = time_local,
    },
    binary_remote_addr = C(4),
    https = words("on", ""),
    is_args = words("?", ""),
    nginx_version = C(digit^1 * "." * digit^1 * "." * digit^1),
    pipe = words("p", "."),
    request_completion = words("OK", ""),
    request_method = words("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT"),
    request_time = value(decimal, "s"),
    scheme = words("https", "http"),
    server_protocol = C("HTTP/" * digit * "." * digit),
    status = digit * digit * digit / tonumber,
    upstream_cache_status = words("HIT", "MISS", "EXPIRED", "BYPASS", "STALE", "UPDATING", "REVALIDATED", "-"),
    upstream_cache_last_modified = http_date + C"-",
    upstream_response_length = value(list(int), "B") + C"-",
    upstream_response_time = value(list(number + P"-" * Cc(0)), "s"),
    upstream_status = list(int + P"-" * Cc(0)),
}
for _, name in ipairs{"body_bytes_sent", "bytes_sent", "content_length", "request_length"} do
    nginx_types[name] = value(int, "B")
end
for _, name in ipairs{"connection", "connection_requests", "pid", "remote_port", "server_port",
    "tcpinfo_rtt", "tcpinfo_rttvar", "tcpinfo_snd_cwnd", "tcpinfo_rcv_space"} do
    nginx_types[name] = int
end
local nginx_open = {upstream_addr = upstream_addr}
for _, name in ipairs{"host", "hostname", "proxy_protocol_addr", "remote_addr", "server_addr", "server_name"} do
    nginx_open[name] = host
end

-- Pieces of a format: {space = true}, {literal = text}, {name = , pattern = } for a
-- value that ends by itself, {name = , open = } for one that does not.
local function nginx_variable(name)
    if nginx_types.time[name] then return {name = "time", pattern = nginx_types.time[name]} end
    if name ~= "time" and nginx_types[name] then return {name = name, pattern = nginx_types[name]} end
    return {name = name, open = nginx_open[name] or text}
end

local function literal(s) return {literal = s} end
local function blank() return {space = true} end

local nginx_format = Ct((
      space^1 / blank
    + "$" * ((R("az", "AZ", "09") + "_")^1 / nginx_variable)
    + (1 - (space + "$"))^1 / literal
)^0) * -1

--
-- Apache
--

local apache_types = {
    B = {"body_bytes_sent", value(int, "B")},
    b = {"body_bytes_sent", value(int + P"-" * Cc(0), "B")},
    D = {"request_time", value(int, "us")},
    H = {"server_protocol", nginx_types.server_protocol},
    I = {"request_length", value(int, "B")},
    O = {"response_length", value(int, "B")},
    S = {"total_length", value(int, "B")},
    k = {"connection_requests", int},
    m = {"request_method", nginx_types.request_method},
    p = {"server_port", int},
    P = {"pid", int},
    s = {"status", nginx_types.status},
    t = {"time", "[" * time_local * "]"},
    T = {"request_time", value(int, "s")},
    X = {"connection_status", words("X", "+", "-")},
}
local apache_open = {
    a = {"remote_addr", host}, h = {"remote_addr", host}, A = {"server_addr", host},
    v = {"server_name", host}, V = {"server_name", host},
    f = {"request_filename", text}, l = {"remote_user", text}, u = {"remote_user", text},
    L = {"request_log_id", text}, q = {"query_string", text}, r = {"request", text},
    R = {"request_handler", text}, U = {"uri", text},
}

local function apache_directive(x)
    if x == "%" then return literal"%" end
    if apache_types[x] then return {name = apache_types[x][1], pattern = apache_types[x][2]} end
    if apache_open[x] then return {name = apache_open[x][1], open = apache_open[x][2]} end
    error("unknown variable: " .. x, 0)
end

local function since_epoch(unit)
    return digit^1 / function(s) return tonumber(s) * unit end
end

local apache_times = {
    sec = {name = "time", pattern = since_epoch(1e9)},
    msec = {name = "time", pattern = since_epoch(1e6)},
    usec = {name = "time", pattern = since_epoch(1e3)},
    msec_frac = {name = "sec_frac", pattern = digit^1 / function(s) return tonumber("0." .. s) end},
}
apache_times.usec_frac = apache_times.msec_frac

local ports = {canonical = "server_port", ["local"] = "server_port", remote = "remote_port"}
local processes = {
    pid = {name = "pid", pattern = int},
    tid = {name = "tid", pattern = int},
    hextid = {name = "tid", pattern = hex^1 / function(s) return tonumber(s, 16) end},
}

local function header(prefix)
    return function(a) return {name = prefix .. gsub(lower(a), "-", "_"), open = text} end
end

local apache_arguments = {
    a = function(a)
        return a == "c" and {name = "remote_addr", open = host} or error("unknown variable: {" .. a .. "}a", 0)
    end,
    C = function(a) return {name = "cookie_" .. a, open = text} end,
    e = function(a) return {name = "env_" .. a, open = text} end,
    i = header"http_",
    n = function(a) return {name = "module_" .. a, open = text} end,
    o = header"sent_http_",
    p = function(a)
        return ports[a] and {name = ports[a], pattern = int} or error("unknown port format: " .. a, 0)
    end,
    P = function(a) return processes[a] or error("unknown pid format: " .. a, 0) end,
    t = function(a)
        a = match(a, "^begin:(.*)") or match(a, "^end:(.*)") or a
        return apache_times[a] or {name = "time", pattern = dt.build_strftime_grammar(a) / dt.time_to_ns}
    end,
}

local function apache_argument(a, x)
    return (apache_arguments[x] or error("unknown variable: " .. x, 0))(a)
end

local letter = R("az", "AZ")
local status = digit * digit * digit
local apache_format = Ct((
      space^1 / blank
    + "%" * (S"<>"^-1 * C(letter + "%")) / apache_directive
    + "%" * (P"!"^-1 * status * ("," * status)^0)^-1 * "{" * C((1 - P"}")^1) * "}" * C(letter) / apache_argument
    + "\\" * (P"t" * Cc"\t" + "n" * Cc"\n" + C(S'"\\')
        + status / function(d) return tonumber(d) <= 255 and char(tonumber(d)) or "\\" .. d end) / literal
    + (1 - (space + S"%\\"))^1 / literal
    + P"\\" / literal
)^0) * -1

--
-- Formats
--

-- join puts neighbouring literals into one, so that they are seen as a whole.
local function join(pieces)
    local joined = {}
    for _, p in ipairs(pieces) do
        local last = joined[#joined]
        if p.literal and last and last.literal then
            joined[#joined] = literal(last.literal .. p.literal)
        else
            joined[#joined + 1] = p
        end
    end
    return joined
end

local function build(grammar, format)
    local pieces = l.match(grammar, format or error("could not parse the log_format configuration", 0))
    if not pieces then error("could not parse the log_format configuration", 0) end
    pieces = join(pieces)
    local pattern, before = P(true), nil
    for i, p in ipairs(pieces) do
        if p.space then
            pattern, before = pattern * space^1, nil
        elseif p.literal then
            pattern, before = pattern * p.literal, p.literal
        else
            local read = p.pattern
            if p.open then
                local next = pieces[i + 1]
                local after = next and (next.space and space or next.literal and P(next.literal))
                read = p.open(after or nil, next and next.literal, before)
            end
            pattern = pattern * Cg(read, p.name)
        end
    end
    return Ct(pattern)
end

function M.build_nginx_grammar(log_format) return build(nginx_format, log_format) end

function M.build_apache_grammar(log_format) return build(apache_format, log_format) end

--
-- Error log
--

local levels = {debug = 7, info = 6, notice = 5, warn = 4, error = 3, crit = 2, alert = 1, emerg = 0}
local level = P(false)
for name, n in pairs(levels) do level = level + P(name) * Cc(n) end

M.nginx_error_grammar = Ct(
    Cg(dt.build_strftime_grammar"%Y/%m/%d %T" / dt.time_to_ns, "Timestamp")
    * space * "[" * Cg(level, "Severity") * "]" * space
    * Cg(int, "Pid") * "#"
    * Cg(Ct(Cg(int, "tid") * ":" * space * ("*" * Cg(int, "connection") * space)^-1), "Fields")
    * Cg(P(1)^0, "Payload"))

--
-- User agents
--

local systems = {
    {"iPod", "iPod"}, {"iPad", "iPad"}, {"iPhone", "iPhone"}, {"Android", "Android"},
    {"BlackBerry", "BlackBerry"}, {"Linux", "Linux"}, {"Macintosh", "Macintosh"},
    {"Mozilla/5.0 (Mobile;", "FirefoxOS"}, {"Windows NT 10.0", "Windows 10"},
    {"Windows NT 6.3", "Windows 8.1"}, {"Windows NT 6.2", "Windows 8"}, {"Windows NT 6.1", "Windows 7"},
    {"Windows NT 6.0", "Windows Vista"}, {"Windows NT 5.1", "Windows XP"}, {"Windows NT 5.0", "Windows 2000"},
}

-- The version follows the pattern.
local browsers = {
    {"Chrome", "Chrome/(%d*)"}, {"Opera Mini", ".*/(%d*)"}, {"Opera Mobi", ".*/(%d*)"}, {"Opera", ".*/(%d*)"},
    {"MSIE", "MSIE (%d*)"}, {"Safari", ".*/(%d*)"}, {"Firefox", "Firefox/(%d*)"},
}

function M.normalize_user_agent(ua)
    if not ua then return end
    local browser, version, os
    for _, s in ipairs(systems) do
        if find(ua, s[1], 1, true) then
            os = s[2]
            break
        end
    end
    for _, b in ipairs(browsers) do
        if find(ua, b[1], 1, true) then
            browser, version = b[1], tonumber((match(ua, b[2])))
            break
        end
    end
    return browser, version, os
end

return M
