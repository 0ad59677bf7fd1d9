--[[
Reads what the daemons of Postfix write to syslog.

- postfix_match(programname, message, extract) is a table of what the message says, or
  nil. programname is that of syslog, such as postfix/smtpd; the part behind the slash
  names the daemon. With extract the list of key=value pairs is taken apart too;
  otherwise it stays as postfix_keyvalue_data

All names begin with postfix_. Addresses are tables {value = text, representation =
"ipv4", "ipv6" or "hostname"}, whole numbers {value = number, value_type = 2}.
--]]

local l = require "lpeg"
local string = require "string"
local ip = require "ip_address"

local P, R, S, C, Cc, Cf, Cg, Ct = l.P, l.R, l.S, l.C, l.Cc, l.Cf, l.Cg, l.Ct
local tonumber, type, pairs, ipairs, rawset = tonumber, type, pairs, ipairs, rawset
local match = string.match

local digit, letter, alnum = R"09", R("az", "AZ"), R("az", "AZ", "09")
local hex = R("09", "af", "AF")
local eos, rest = P(-1), P(1)^1
local digits = digit^1
local number = digit^1 * ("." * digit^1)^-1 / tonumber

local function f(name, p) return Cg(p, "postfix_" .. name) end
local function to(p) return (1 - P(p))^1 end
local function no(set) return (1 - S(set))^1 end
local function opt(p) return P(p)^-1 end

-- words is the first of the words.
local function words(...)
    local p = P(false)
    for _, word in ipairs{...} do p = p + word end
    return p
end

--
-- Blocks
--

local queueid = f("queueid", hex^6 * -alnum + alnum^15 + "NOQUEUE") * ": "
local name = Ct(Cg(no"[] ", "value") * Cg(Cc"hostname", "representation"))
local host = ip.field * #(S"[] " + eos) + name
local closed = ip.field * #P"]"

local client = opt(f("client_hostname", host)) * "[" * f("client_ip", closed) * "]" * opt(":" * f("client_port", digits))
local relay = opt(f("relay_hostname", host)) * "[" * (f("relay_ip", closed) + f("relay_service", no"]")) * "]"
    * opt(":" * f("relay_port", digits))
local delays = f("delay_before_qmgr", number) * "/" * f("delay_in_qmgr", number)
    * "/" * f("delay_conn_setup", number) * "/" * f("delay_transmission", number)

local stages = words("CONNECT", "HELO", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "RSET", "UNKNOWN",
    "END-OF-MESSAGE", "VRFY", ".")
local stage = f("smtp_stage", stages)
local action = words("reject", "defer", "accept", "header-redirect")
local lost = words("lost connection", "timeout", "Connection timed out")
local warning = words("warning", "fatal") * ": " * f("warning", rest)
local tls = words("Anonymous", "Trusted", "Untrusted", "Verified") * " TLS connection established "
    * ("to " * relay + "from " * client) * ": " * f("tls_version", no" ") * " with cipher " * f("tls_cipher", no" ")
    * " (" * f("tls_cipher_size", no" ") * " bits)"

local status_code = digit * digit * digit * -digit
local enhanced = digits * "." * digits * "." * digits

-- A list of pairs goes on with ", key=", or with " key=" behind a word or bracket.
local key = (letter + S"_-")^1
local done = opt"," * eos
local next_pair = ", " * key * "=" + done
local next_any = opt"," * " " * key * "=" + done
local value = "<" * C((1 - ">" * next_any)^0) * ">"
    + C(no" ,") * #next_any
    + C((1 - next_pair)^0)
local pairs_of = Cf(Ct"" * (Cg(C(key) * "=" * value) * (P", " + done + " "))^0, rawset) * eos

local keyvalue = f("keyvalue_data", rest)
local greedy = queueid * keyvalue

local noqueue = "NOQUEUE: " * f("action", action) * ": " * stage * " from " * client * ": "
    * f("status_code", status_code) * " " * f("status_code_enhanced", enhanced) * opt(" <" * f("status_data", no">") * ">:")
    * " " * ("Service unavailable; " * (1 - P"[")^0 * "[" * f("status_data", (1 - P"]")^0) * "] "
            * f("status_message", to("; " * key * "=")) * ";"
        + f("status_message", no";") * ";")
    * " " * keyvalue

--
-- Daemons: what they say, in the order in which it is tried
--

local daemons = {}

daemons.smtpd = {
    "connect from " * client,
    "disconnect from " * client,
    f("smtpd_lostconn_data", lost) * " after " * stage * opt(" (" * digits * " bytes)") * " from " * client,
    f("action", to" from ") * " from " * client * ": " * f("smtpd_lostconn_data", lost),
    noqueue,
    "improper command pipelining after " * stage * " from " * client * ":",
    tls,
    warning,
    "proxy-" * f("proxy_result", action) * ": " * f("proxy_smtp_stage", stages) * ": "
        * opt(f("proxy_status_code", status_code) * " ") * opt(f("proxy_status_code_enhanced", enhanced) * " ")
        * (1 - P";")^0 * "; " * keyvalue,
    greedy,
}

daemons.cleanup = {
    queueid * "milter-" * f("milter_result", action) * ": " * f("milter_message", no";") * "; "
        * f("keyvalue_data", no":") * opt(": " * f("milter_data", rest)),
    warning,
    greedy,
}

daemons.qmgr = {
    queueid * "removed",
    queueid * f("keyvalue_data", to" (queue active)") * " (queue active)",
    warning,
}

daemons.pipe = {
    queueid * f("keyvalue_data", to" (delivered via ") * " (delivered via " * f("pipe_service", alnum^1),
    queueid * f("keyvalue_data", to" (mail forwarding loop for ") * " (mail forwarding loop for " * f("to", no")"),
}

local violation = f("postscreen_violation", words("BARE NEWLINE", "COMMAND TIME LIMIT", "COMMAND COUNT LIMIT",
    "COMMAND LENGTH LIMIT", "COMMAND PIPELINING", "DNSBL", "HANGUP", "NON-SMTP COMMAND", "PREGREET"))

daemons.postscreen = {
    "CONNECT from " * client * " to [" * f("server_ip", closed) * "]:" * f("server_port", digits),
    f("postscreen_access", words("DISCONNECT", "BLACKLISTED", "DENYLISTED", "WHITELISTED", "ALLOWLISTED",
        "WHITELIST VETO", "ALLOWLIST VETO", "PASS NEW", "PASS OLD")) * " " * client,
    noqueue,
    "NOQUEUE: reject: CONNECT from " * client * ": " * f("postscreen_toobusy_data", rest),
    "cache " * no" " * " full cleanup: retained=" * f("postscreen_cache_retained", digits)
        * " dropped=" * f("postscreen_cache_dropped", digits) * " entries",
    violation * " rank " * f("postscreen_dnsbl_rank", digits) * " for " * client,
    violation * opt(" " * digits) * opt(" after " * f("postscreen_violation_time", number)) * " from " * client
        * opt(" after " * stage),
    warning,
}

daemons.dnsblog = {
    "addr " * f("client_ip", ip.field) * " listed by domain " * f("dnsbl_domain", host) * " as " * f("dnsbl_result", ip.field),
}

local client_ip = f("client_ip", ip.field * #P")")
local service = f("service", no":") * ":" * client_ip + f("service", no":" * ":" * digits) * ":" * client_ip
local timestamp = " at " * f("anvil_timestamp", rest)

daemons.anvil = {
    "statistics: max connection rate " * f("anvil_conn_rate", digits) * "/" * f("anvil_conn_period", digits * S"smhd")
        * " for (" * service * ")" * timestamp,
    "statistics: max cache size " * f("anvil_cache_size", digits) * timestamp,
    "statistics: max connection count " * f("anvil_conn_count", digits) * " for (" * service * ")" * timestamp,
}

daemons.smtp = {
    queueid * f("keyvalue_data", to" status=") * " status=" * f("status", letter^1)
        * opt(" (" * f("smtp_response", to(")" * eos)) * ")"),
    "connect to " * relay * ": " * words("Connection timed out", "No route to host", "Connection refused"),
    queueid * lost * " with " * relay,
    tls,
    warning,
}
daemons.lmtp = daemons.smtp

daemons.discard = {
    queueid * f("keyvalue_data", to" status=") * " status=" * f("status", alnum^1),
}

daemons.pickup = {
    queueid * "uid=" * f("uid", to" from=") * " from=<" * f("from", no">") * opt("> orig_id=" * f("orig_id", rest)),
}

daemons.tlsproxy = {(P"DISCONNECT" + "CONNECT") * opt" from" * " " * client}

daemons.master = {
    words("daemon started", "reload") * " -- version " * f("version", no",") * ", configuration " * f("config_path", rest),
    "terminating on signal " * f("termination_signal", digits),
}

daemons.bounce = {
    queueid * "sender " * words("non-delivery", "delivery status", "delay") * " notification: " * f("bounce_queueid", rest),
}

daemons.scache = {
    "statistics: " * words("address", "domain") * " lookup hits=" * f("scache_hits", digits)
        * " miss=" * f("scache_miss", digits) * " success=" * f("scache_success", rest),
    "statistics: max simultaneous domains=" * f("scache_domains", digits)
        * " addresses=" * f("scache_addresses", digits) * " connection=" * f("scache_connection", digits),
    "statistics: start interval " * f("scache_timestamp", rest),
}

for _, daemon in ipairs{"sendmail", "postdrop", "trivial_rewrite", "tlsmgr"} do daemons[daemon] = {warning} end
daemons["local"] = {greedy}

local grammars = {}
for daemon, list in pairs(daemons) do
    local p = P(false)
    for _, one in ipairs(list) do p = p + one end
    grammars[daemon] = Ct(p)
end

-- The blocks by themselves.
grammars.relay_info = Ct(relay)
grammars.delays = Ct(delays)
grammars.keyvalue_data = pairs_of

--
-- What becomes of a match
--

local integers = {
    "anvil_cache_size", "anvil_conn_count", "anvil_conn_rate", "client_port", "nrcpt", "postscreen_cache_dropped",
    "postscreen_cache_retained", "postscreen_dnsbl_rank", "relay_port", "server_port", "size", "status_code",
    "termination_signal", "uid",
}
local parts = {client = Ct(client * eos), relay = Ct(relay * eos), delays = Ct(delays * eos)}

-- take adds the fields of another table.
local function take(t, more, prefix)
    for k, v in pairs(more) do t[prefix .. k] = v end
end

local function extract_pairs(t)
    local found = t.postfix_keyvalue_data and pairs_of:match(t.postfix_keyvalue_data)
    if not found then return end
    t.postfix_keyvalue_data = nil
    take(t, found, "postfix_")
    for what, grammar in pairs(parts) do
        local text = t["postfix_" .. what]
        local read = text and grammar:match(text)
        if read then
            t["postfix_" .. what] = nil
            take(t, read, "")
        end
    end
end

local M = {}

function M.postfix_match(programname, message, extract)
    local grammar = grammars[match(programname or "", "^[^/]*/([^/]*)$")]
    local t = grammar and grammar:match(message)
    if not t then return nil end
    if extract then extract_pairs(t) end
    for _, field in ipairs(integers) do
        local n = tonumber(t["postfix_" .. field])
        if n then t["postfix_" .. field] = {value = n, value_type = 2} end
    end
    t.postfix_delay = tonumber(t.postfix_delay) or t.postfix_delay
    return t
end

return M
