--[[
Grammars of what common programs write to syslog, by the name of the program.

- get_prog_grammar(name) is the grammar of the messages of a program, or nil; it gives
  a table of what the message says, empty where a message is known to say nothing
- get_wildcard_grammar(name) is a grammar of messages that any program may write (PAM),
  or nil; without a name it gives a table of all of them, with an array of names of
  those

Addresses are tables {value = text, representation = "ipv4" or "ipv6"}, numbers numbers.
--]]

local l = require "lpeg"
local string = require "string"
local ip = require "ip_address"

local P, R, S, Cc, Cg, Ct = l.P, l.R, l.S, l.Cc, l.Cg, l.Ct
local tonumber, type, pairs, ipairs = tonumber, type, pairs, ipairs

local digit, lower, upper = R"09", R"az", R"AZ"
local hex_pair = R("09", "af", "AF") * R("09", "af", "AF")
local eos, rest = P(-1), P(1)^1
local digits = digit^1
local int = digit^1 / tonumber
local ints = P"-"^-1 * digit^1 / tonumber
local seconds = digit^1 * "." * digit^1 / tonumber
local ip4 = #ip.v4 * ip.field

local function f(name, p) return Cg(p, name) end
local function to(s) return (1 - P(s))^0 end
local function no(set) return (1 - S(set))^1 end
local function opt(p) return P(p)^-1 end
local function is(name, value) return Cg(Cc(value), name) end

-- words is the first of the words.
local function words(...)
    local p = P(false)
    for _, word in ipairs{...} do p = p + word end
    return p
end

local cron = Ct("(" * f("cron_username", to") ") * ") " * f("cron_event", to" (") * " (" * f("cron_detail", to")") * ")" * eos)

--
-- DHCP
--

local server = f("dhcp_server_addr", ip4)
local server_port = server * " port " * f("dhcp_server_port", int)
local on_interface = " on " * f("dhcp_client_interface", no" ") * " to " * server_port

local dhclient = Ct(
    f("dhcp_type", P"DHCPDISCOVER") * on_interface * " interval " * f("dhcp_client_interval_seconds", int) * eos
  + f("dhcp_type", words("DHCPREQUEST", "DHCPDECLINE", "DHCPRELEASE")) * on_interface * eos
  + f("dhcp_type", P"DHCPACK") * " from " * server * eos
  + "bound to " * f("dhcp_client_addr", ip4) * " -- renewal in " * f("dhcp_client_renewal_seconds", int) * " seconds." * eos
)

local client = f("dhcp_client_addr", ip4)
local hardware = f("dhcp_client_hw_addr", hex_pair * (":" * hex_pair)^0)
local hardware_or_none = hardware + "<no identifier>"
local hardware_word = f("dhcp_client_hw_addr", no" ")
local hostname = opt("(" * f("dhcp_client_hostname", to") ") * ") ")
local source = f("dhcp_source", no":")
local source_word = f("dhcp_source", (1 - (P" " + ": "))^1)
local text = opt(": " * f("dhcp_message", rest))
local lease = opt(" [" * f("dhcp_lease_time", ints) * "]")
local function kind(...) return f("dhcp_type", words(...)) end

-- pool is what is said about the balance of a pool, which ends in a name and a number.
local function pool(results, name, last)
    return f("dhcp_pool_result", results) * " pool" * opt" " * f("dhcp_pool_id", to" ")
        * " " * f("dhcp_network", to"  total ") * "  total " * f("dhcp_lease_count", ints)
        * "  free " * f("dhcp_free_leases", ints) * "  backup " * f("dhcp_backup_leases", ints)
        * "  lts " * f("dhcp_lts", ints) * name * f(last, ints)
end

local dhcpd = Ct(
    kind"BOOTREQUEST" * " from " * hardware * " via " * source * eos
  + kind"BOOTREPLY" * " for " * client * " to " * f("dhcp_client_addr", to" (") * " (" * hardware * ") via " * source * eos
  + kind"DHCPDISCOVER" * " from " * hardware_or_none * " " * hostname * "via " * source * text * eos
  + kind("DHCPOFFER", "DHCPACK", "BOOTREPLY") * " on " * client * " to " * hardware_word * " " * hostname
        * "via " * source_word * lease * text * eos
  + kind"DHCPACK" * " to " * client * " (" * f("dhcp_client_hw_addr", no")") * ") via " * source_word * text * lease * eos
  + kind"DHCPNAK" * " on " * client * " to " * hardware_word * " via " * source * eos
  + kind"DHCPREQUEST" * " for " * client * opt(" (" * f("dhcp_server_addr", no")") * ")") * " from " * hardware_or_none
        * " " * hostname * "via " * source * text * eos
  + kind"DHCPINFORM" * " from " * client * " via " * source * text * eos
  + pool(P"balancing", "  max-own (+/-)", "dhcp_hold") * opt"  (requesting peer rebalance!)" * eos
  + pool(P"balanced" + "IMBALANCED", "  max-misbal ", "dhcp_thresh") * eos
  + "bind update on " * client * (
        " from " * f("dhcp_failover_peer", to" ") * " " * f("dhcp_bind_update_status", P"rejected") * ": " * f("dhcp_message", rest)
      + " " * f("dhcp_bind_update_status", P"got ack") * " from " * f("dhcp_failover_peer", to": ") * ": " * f("dhcp_message", rest))
)

--
-- BIND
--

local address = f("dns_addr", ip.field) * "#" * f("dns_port", int)
local dns_part = no"/' "
local with_class = f("dns_name", (1 - "/" * dns_part * "/" * dns_part * "'")^1)
    * "/" * f("dns_type", dns_part) * "/" * f("dns_class", dns_part) * "': " * address * eos
local in_domain = "' (in '" * f("dns_domain", to"'?)") * "'?)"

local named = Ct(
    f("dns_error", P"lame server") * " resolving '" * f("dns_name", to"' (in '") * in_domain * ": " * address * eos
  + "error (" * f("dns_error", to") resolving '") * ") resolving '" * with_class
  + f("dns_error", to" resolving '") * " resolving '" * with_class
  + f("dns_error", P"DNS format error") * " from " * address * " resolving " * f("dns_name", to"/") * "/"
        * f("dns_type", (1 - (P" for client " + ":"))^1)
        * opt(" for client " * f("dns_client_addr", ip.field) * "#" * f("dns_client_port", int))
        * ": " * f("dns_message", rest)
  + f("dns_error", P"skipping nameserver") * " '" * f("dns_nameserver", to"'")
        * "' because it is a CNAME, while resolving '" * f("dns_name", to"'") * "'" * eos
  + "client " * f("dns_client_addr", ip.field) * "#" * f("dns_client_port", int)
        * opt("/key " * f("dns_client_signer", no" :")) * opt(" (" * f("dns_name", to")") * ")")
        * opt(": view " * f("dns_view", to": ")) * ": " * f("dns_message", rest)
  + "success resolving '" * f("dns_name", to"/") * "/" * f("dns_type", to"'") * in_domain
        * " after " * f("dns_message", rest)
  + "zone " * f("dns_domain", to"/") * "/" * f("dns_class", to"/") * "/" * f("dns_view", to": ") * ": "
        * f("dns_message", P"sending notifies") * " (serial " * f("dns_serial", int) * ")" * eos
  + "clients-per-query decreased to " * f("dns_clients_per_query", int) * eos
)

--
-- Puppet
--

local puppet_name = upper * (lower + digit + "_")^0
local puppet_type = puppet_name * ("::" * puppet_name)^0
local resource = puppet_type * "[" * no"]" * "]"
local path = ("/" * (resource + puppet_type))^1
local parameter = (lower + digit + "_")^1

local parameter_message =
    "current_value " * f("puppet_current_value", to", should be ")
        * ", should be " * f("puppet_should_value", to" (noop)") * " (noop)" * is("puppet_noop", true)
        * opt(" (previously recorded value was " * f("puppet_historical_value", rest))
  + f("puppet_ensure_parameter", parameter) * " changed '" * f("puppet_old_value", to"' to '")
        * "' to '" * f("puppet_new_value", (1 - "'" * eos)^0) * "'" * eos
  + f("puppet_change", P"executed successfully") * eos

local resource_message =
    (f("puppet_msg", P"Would have triggered") * is("puppet_noop", true) + f("puppet_msg", P"Triggered"))
        * " '" * f("puppet_callback", to"' from ") * "' from " * f("puppet_events_count", ints) * " events" * eos
  + "Scheduling " * f("puppet_callback", to" of ") * " of " * f("puppet_callback_target", resource) * eos
  + "Unscheduling " * f("puppet_callback", to" on ") * " on " * f("puppet_callback_target", resource) * eos
  + "Filebucketed " * f("puppet_file_path", to" to ") * " to " * f("puppet_bucket", to" with sum ")
        * " with sum " * f("puppet_file_sum", rest)

local puppet_agent = Ct(
    "(" * f("puppet_resource_path", path) * "/" * f("puppet_parameter", parameter) * ")" * opt(" " * parameter_message)
  + "(" * f("puppet_resource_path", to") ") * ") " * resource_message
  + f("puppet_msg", P"Finished catalog run") * " in " * f("puppet_benchmark_seconds", seconds) * " seconds" * eos
  + P"Retrieving plugin" * opt"facts" * eos
  + P"Loading facts" * eos
  + words("Caching catalog for ", "Applying configuration version '", "Computing checksum on file ",
        "Run of Puppet configuration client already in progress; skipping (")
)

--
-- Logins and users
--

local from = opt(" from '" * f("from", to"'") * "'")

local login = Ct(
    "FAILED LOGIN (" * f("failcount", int) * ") on '" * f("tty", to"'") * "'" * from
        * " FOR '" * f("user", to"', ") * "', " * f("pam_error", rest)
  + "ROOT LOGIN  on '" * f("tty", to"'") * "'" * from * eos
)

local remote_addr = f("remote_addr", ip.field)
local preauth = P" [preauth]" * eos

local sshd = Ct(
    f("sshd_authmsg", words("Accepted", "Failed", "Partial", "Postponed")) * " " * f("sshd_method", no"/ ")
        * opt("/" * f("sshd_submethod", no" ")) * " for " * opt"invalid user " * f("remote_user", to" from ")
        * " from " * remote_addr * " port " * f("remote_port", int) * " " * (P"ssh2" + "ssh1")
        * opt(": " * f("sshd_info", rest))
  + "Received disconnect from " * remote_addr * ": " * opt(f("disconnect_reason", int) * ": ") * f("disconnect_msg", rest)
  + "reverse mapping checking getaddrinfo for " * f("remote_host", no"[ ") * opt" " * "[" * remote_addr
        * "] failed - POSSIBLE BREAK-IN ATTEMPT!" * eos
  + "subsystem request for " * f("sshd_subsystem", no" ") * opt" by user " * f("remote_user", opt(no" ")) * eos
  + "Connection closed by " * remote_addr * preauth
  + "Invalid user " * f("remote_user", to" from ") * " from " * remote_addr * eos
  + "input_userauth_request: invalid user " * f("remote_user", to" [preauth]") * preauth
  + "Exiting on signal " * f("signal", digits) * eos
  + "Received signal " * f("signal", digits) * "; terminating." * eos
  + "Server listening on " * f("listen_address", no" ") * " port " * f("listen_port", digits) * "." * eos
  + "Did not receive identification string from " * remote_addr * eos
  + f("sshd_errorlevel", P"error" + "fatal") * ": " * f("sshd_error", rest)
)

local su = Ct(
    f("su_status", P"Successful" + "FAILED") * " su for " * f("su_name", to" by ") * " by " * f("su_oldname", rest)
  + "pam_authenticate: " * f("pam_error", rest)
  + P"+ " + "- "
)

local sudo = f("sudo_message", to" : ") * " : "
for _, name in ipairs{"tty", "pwd", "user", "group", "tsid", "env"} do
    sudo = sudo * opt((string.upper(name) .. "=") * f("sudo_" .. name, to" ; ") * " ; ")
end
sudo = Ct(sudo * "COMMAND=" * f("sudo_command", rest))

local systemd_logind = Ct(
    "New session " * f("session_id", ints) * " of user " * f("user_id", (1 - "." * eos)^1) * "." * eos
        * is("sd_message", "SESSION_START")
  + "Removed session " * f("session_id", ints) * "." * eos * is("sd_message", "SESSION_STOP")
)

local groupadd = Ct("new group: name=" * f("group_name", to", GID=") * ", GID=" * f("gid", int) * eos)
local groupdel = Ct("group '" * f("group_name", to"' removed") * "' removed" * opt(" from " * f("group_dbname", rest)))

local useradd = Ct(
    "new user: name=" * f("user_name", to", UID=") * ", UID=" * f("uid", int) * ", GID=" * f("gid", int)
        * ", home=" * f("user_home", to", shell=") * ", shell=" * f("user_shell", rest)
  + "add '" * f("user_name", to"' to ") * "' to " * opt"shadow " * "group '" * f("group_name", to"'") * "'" * eos
)

local word = (1 - P" ")^0
local pam = Ct(
    f("pam_module", no"( ") * "(" * f("pam_service", to":") * ":" * f("pam_type", to")") * "): " * (
        f("pam_action", P"session opened") * " for user " * f("user_name", to" by ") * " by "
            * f("login_name", to"(uid=") * "(uid=" * f("uid", int) * ")"
      + f("pam_action", P"session closed") * " for user " * f("user_name", rest)
      + f("pam_action", P"authentication failure") * "; logname=" * f("logname", word) * " uid=" * f("uid", int)
            * " euid=" * f("euid", int) * " tty=" * f("tty", word) * " ruser=" * f("ruser", word)
            * " rhost=" * f("rhost", word) * opt" " * opt(" user=" * f("user", rest))
      + "check pass; user " * opt("(" * f("user_name", to") ") * ") ") * "unknown"
    )
)

local programs = {
    CRON = cron, crontab = cron, dhclient = dhclient, dhcpd = dhcpd, groupadd = groupadd, groupdel = groupdel,
    login = login, named = named, ["puppet-agent"] = puppet_agent, sshd = sshd, su = su, sudo = sudo,
    ["systemd-logind"] = systemd_logind, useradd = useradd,
}
local wildcards = {PAM = pam}

local M = {}

function M.get_prog_grammar(name) return programs[name] end

function M.get_wildcard_grammar(name)
    if type(name) == "string" then return wildcards[name] end
    local t = {}
    if name == nil then
        for k, grammar in pairs(wildcards) do t[k] = grammar end
    else
        for _, k in ipairs(name) do t[k] = wildcards[k] end
    end
    return t
end

return M
