local m = require "syslog_message"

local function f(program, text, want)
    equal(program .. ": " .. text, m.get_prog_grammar(program):match(text), want)
end
local function v4(text) return {value = text, representation = "ipv4"} end
local function v6(text) return {value = text, representation = "ipv6"} end

local function dhcp()
    f("dhclient", "DHCPDISCOVER on eth0 to 10.20.30.42 port 67 interval 18000", {
        dhcp_type = "DHCPDISCOVER", dhcp_client_interface = "eth0", dhcp_server_addr = v4"10.20.30.42",
        dhcp_server_port = 67, dhcp_client_interval_seconds = 18000})
    f("dhclient", "DHCPREQUEST on eth0 to 10.20.30.42 port 67", {
        dhcp_type = "DHCPREQUEST", dhcp_client_interface = "eth0", dhcp_server_addr = v4"10.20.30.42", dhcp_server_port = 67})
    f("dhclient", "DHCPACK from 10.20.30.42", {dhcp_type = "DHCPACK", dhcp_server_addr = v4"10.20.30.42"})
    f("dhclient", "bound to 10.20.30.40 -- renewal in 20346 seconds.", {
        dhcp_client_addr = v4"10.20.30.40", dhcp_client_renewal_seconds = 20346})
    f("dhclient", "bound to 10.20.30.40 -- renewal in 20346 seconds. Or so.", nil)

    local hw = "aa:bb:cc:dd:ee:ff"
    f("dhcpd", "BOOTREQUEST from aa:bb:cc:dd:ee:ff via eth0", {dhcp_type = "BOOTREQUEST", dhcp_client_hw_addr = hw, dhcp_source = "eth0"})
    f("dhcpd", "BOOTREPLY for 10.0.0.1 to pc (aa:bb:cc:dd:ee:ff) via eth0", {
        dhcp_type = "BOOTREPLY", dhcp_client_addr = "pc", dhcp_client_hw_addr = hw, dhcp_source = "eth0"})
    f("dhcpd", "DHCPDISCOVER from aa:bb:cc:dd:ee:ff via 10.2.3.4: unknown network segment", {
        dhcp_type = "DHCPDISCOVER", dhcp_client_hw_addr = hw, dhcp_source = "10.2.3.4", dhcp_message = "unknown network segment"})
    f("dhcpd", "DHCPDISCOVER from <no identifier> (pc) via eth1", {
        dhcp_type = "DHCPDISCOVER", dhcp_client_hostname = "pc", dhcp_source = "eth1"})
    f("dhcpd", "DHCPOFFER on 10.0.0.5 to aa:bb:cc:dd:ee:ff (pc) via eth0 [600]: abandoned", {
        dhcp_type = "DHCPOFFER", dhcp_client_addr = v4"10.0.0.5", dhcp_client_hw_addr = hw, dhcp_client_hostname = "pc",
        dhcp_source = "eth0", dhcp_lease_time = 600, dhcp_message = "abandoned"})
    f("dhcpd", "DHCPACK to 192.168.2.3 (aa:bb:cc:dd:ee:ff) via vlan42", {
        dhcp_type = "DHCPACK", dhcp_client_addr = v4"192.168.2.3", dhcp_client_hw_addr = hw, dhcp_source = "vlan42"})
    f("dhcpd", "DHCPNAK on 10.0.0.5 to aa:bb:cc:dd:ee:ff via eth0", {
        dhcp_type = "DHCPNAK", dhcp_client_addr = v4"10.0.0.5", dhcp_client_hw_addr = hw, dhcp_source = "eth0"})
    f("dhcpd", "DHCPREQUEST for 10.0.0.5 (10.0.0.1) from aa:bb:cc:dd:ee:ff (pc) via eth0: wrong network.", {
        dhcp_type = "DHCPREQUEST", dhcp_client_addr = v4"10.0.0.5", dhcp_server_addr = "10.0.0.1",
        dhcp_client_hw_addr = hw, dhcp_client_hostname = "pc", dhcp_source = "eth0", dhcp_message = "wrong network."})
    f("dhcpd", "DHCPINFORM from 10.0.0.5 via eth0: not authoritative", {
        dhcp_type = "DHCPINFORM", dhcp_client_addr = v4"10.0.0.5", dhcp_source = "eth0", dhcp_message = "not authoritative"})
    f("dhcpd", "balancing pool 7f9a 10.1.0.0/24  total 200  free 99  backup 101  lts -1  max-own (+/-)20  (requesting peer rebalance!)", {
        dhcp_pool_result = "balancing", dhcp_pool_id = "7f9a", dhcp_network = "10.1.0.0/24", dhcp_lease_count = 200,
        dhcp_free_leases = 99, dhcp_backup_leases = 101, dhcp_lts = -1, dhcp_hold = 20})
    f("dhcpd", "IMBALANCED pool 7f9a 10.1.0.0/24  total 200  free 99  backup 1  lts 49  max-misbal 30", {
        dhcp_pool_result = "IMBALANCED", dhcp_pool_id = "7f9a", dhcp_network = "10.1.0.0/24", dhcp_lease_count = 200,
        dhcp_free_leases = 99, dhcp_backup_leases = 1, dhcp_lts = 49, dhcp_thresh = 30})
    f("dhcpd", "bind update on 10.0.0.5 from peer rejected: incoming update is less critical", {
        dhcp_client_addr = v4"10.0.0.5", dhcp_failover_peer = "peer", dhcp_bind_update_status = "rejected",
        dhcp_message = "incoming update is less critical"})
    f("dhcpd", "bind update on 10.0.0.5 got ack from peer: xid mismatch", {
        dhcp_client_addr = v4"10.0.0.5", dhcp_failover_peer = "peer", dhcp_bind_update_status = "got ack", dhcp_message = "xid mismatch"})
end

local function named()
    f("named", "lame server resolving '40.30.20.10.in-addr.arpa' (in '30.20.10.in-addr.arpa'?): 10.11.12.13#53", {
        dns_error = "lame server", dns_name = "40.30.20.10.in-addr.arpa", dns_domain = "30.20.10.in-addr.arpa",
        dns_addr = v4"10.11.12.13", dns_port = 53})
    local unreachable = {dns_error = "host unreachable", dns_name = "ipv6.example.org", dns_type = "AAAA", dns_class = "IN",
        dns_addr = v6"2001:503:231d::2:30", dns_port = 53}
    f("named", "host unreachable resolving 'ipv6.example.org/AAAA/IN': 2001:503:231d::2:30#53", unreachable)
    f("named", "error (host unreachable) resolving 'ipv6.example.org/AAAA/IN': 2001:503:231d::2:30#53", unreachable)
    f("named", "error (timeout) resolving '0/25.2.0.192.in-addr.arpa/PTR/IN': 10.0.0.1#53", {
        dns_error = "timeout", dns_name = "0/25.2.0.192.in-addr.arpa", dns_type = "PTR", dns_class = "IN",
        dns_addr = v4"10.0.0.1", dns_port = 53})
    f("named", "DNS format error from 10.0.0.1#53 resolving www.example.com/AAAA for client 10.0.0.2#40000: Name example.com (SOA) not subdomain", {
        dns_error = "DNS format error", dns_addr = v4"10.0.0.1", dns_port = 53, dns_name = "www.example.com", dns_type = "AAAA",
        dns_client_addr = v4"10.0.0.2", dns_client_port = 40000, dns_message = "Name example.com (SOA) not subdomain"})
    f("named", "skipping nameserver 'ns.example.com' because it is a CNAME, while resolving 'example.com/A'", {
        dns_error = "skipping nameserver", dns_nameserver = "ns.example.com", dns_name = "example.com/A"})
    f("named", "client 10.8.6.1#17069/key trusty (pc.example.org): view internal: transfer of 'pc.example.org/IN': IXFR started: TSIG trusty (serial 12 -> 14)", {
        dns_client_addr = v4"10.8.6.1", dns_client_port = 17069, dns_client_signer = "trusty", dns_name = "pc.example.org",
        dns_view = "internal", dns_message = "transfer of 'pc.example.org/IN': IXFR started: TSIG trusty (serial 12 -> 14)"})
    f("named", "success resolving 'ns1.example.com/AAAA' (in 'example.com'?) after disabling EDNS", {
        dns_name = "ns1.example.com", dns_type = "AAAA", dns_domain = "example.com", dns_message = "disabling EDNS"})
    f("named", "zone 12.11.10.in-addr.arpa/IN/internal: sending notifies (serial 42)", {
        dns_domain = "12.11.10.in-addr.arpa", dns_class = "IN", dns_view = "internal", dns_message = "sending notifies", dns_serial = 42})
    f("named", "clients-per-query decreased to 22", {dns_clients_per_query = 22})
end

local function puppet()
    local file = "/Stage[main]/Elasticsearch::Config/File[/var/log/elasticsearch/test.log]"
    f("puppet-agent", "(" .. file .. "/owner) current_value root, should be elasticsearch (noop)", {
        puppet_resource_path = file, puppet_parameter = "owner", puppet_current_value = "root",
        puppet_should_value = "elasticsearch", puppet_noop = true})
    f("puppet-agent", "(" .. file .. "/ensure) ensure changed 'stopped' to 'running'", {
        puppet_resource_path = file, puppet_parameter = "ensure", puppet_ensure_parameter = "ensure",
        puppet_old_value = "stopped", puppet_new_value = "running"})
    f("puppet-agent", "(/Stage[main]/A/Exec[x]/returns) executed successfully", {
        puppet_resource_path = "/Stage[main]/A/Exec[x]", puppet_parameter = "returns", puppet_change = "executed successfully"})
    f("puppet-agent", "(/Stage[main]/A/Exec[x]/returns) something else", {
        puppet_resource_path = "/Stage[main]/A/Exec[x]", puppet_parameter = "returns"})
    f("puppet-agent", "(Class[Logstash::Service]) Would have triggered 'refresh' from 1 events", {
        puppet_resource_path = "Class[Logstash::Service]", puppet_msg = "Would have triggered", puppet_noop = true,
        puppet_callback = "refresh", puppet_events_count = 1})
    f("puppet-agent", "(/Stage[main]/A/File[x]) Scheduling refresh of Service[b]", {
        puppet_resource_path = "/Stage[main]/A/File[x]", puppet_callback = "refresh", puppet_callback_target = "Service[b]"})
    f("puppet-agent", "(/Stage[main]/A/File[x]) Unscheduling refresh on Service[b]", {
        puppet_resource_path = "/Stage[main]/A/File[x]", puppet_callback = "refresh", puppet_callback_target = "Service[b]"})
    f("puppet-agent", "(/Stage[main]/A/File[x]) Filebucketed /etc/x to main with sum d41d", {
        puppet_resource_path = "/Stage[main]/A/File[x]", puppet_file_path = "/etc/x", puppet_bucket = "main", puppet_file_sum = "d41d"})
    f("puppet-agent", "Finished catalog run in 7.11 seconds", {puppet_msg = "Finished catalog run", puppet_benchmark_seconds = 7.11})
    for _, text in ipairs{"Retrieving pluginfacts", "Retrieving plugin", "Loading facts", "Caching catalog for pc",
        "Applying configuration version '1'", "Computing checksum on file /etc/x"} do
        f("puppet-agent", text, {})
    end
    f("puppet-agent", "Loading facts again", nil)
end

local function logins()
    f("login", "FAILED LOGIN (1) on '/dev/tty1' FOR 'root', Authentication failure", {
        failcount = 1, tty = "/dev/tty1", user = "root", pam_error = "Authentication failure"})
    f("login", "ROOT LOGIN  on '/dev/tty1' from 'pc'", {tty = "/dev/tty1", from = "pc"})
    f("sshd", "Accepted publickey for sathieu from 10.11.12.13 port 4242 ssh2", {
        sshd_authmsg = "Accepted", sshd_method = "publickey", remote_user = "sathieu", remote_addr = v4"10.11.12.13", remote_port = 4242})
    f("sshd", "Failed keyboard-interactive/pam for a from ::1 port 1 ssh2: RSA ab:cd", {
        sshd_authmsg = "Failed", sshd_method = "keyboard-interactive", sshd_submethod = "pam", remote_user = "a",
        remote_addr = v6"::1", remote_port = 1, sshd_info = "RSA ab:cd"})
    f("sshd", "Failed password for invalid user administrator from 10.20.30.40 port 4242 ssh2", {
        sshd_authmsg = "Failed", sshd_method = "password", remote_user = "administrator", remote_addr = v4"10.20.30.40", remote_port = 4242})
    f("sshd", "Received disconnect from 10.2.3.4: 11: The user disconnected the application [preauth]", {
        remote_addr = v4"10.2.3.4", disconnect_reason = 11, disconnect_msg = "The user disconnected the application [preauth]"})
    f("sshd", "reverse mapping checking getaddrinfo for a.example.com [10.2.3.4] failed - POSSIBLE BREAK-IN ATTEMPT!", {
        remote_host = "a.example.com", remote_addr = v4"10.2.3.4"})
    f("sshd", "subsystem request for sftp by user a", {sshd_subsystem = "sftp", remote_user = "a"})
    f("sshd", "subsystem request for sftp", {sshd_subsystem = "sftp", remote_user = ""})
    f("sshd", "Connection closed by 10.2.3.4 [preauth]", {remote_addr = v4"10.2.3.4"})
    f("sshd", "Invalid user a b from 10.2.3.4", {remote_user = "a b", remote_addr = v4"10.2.3.4"})
    f("sshd", "input_userauth_request: invalid user a [preauth]", {remote_user = "a"})
    f("sshd", "Exiting on signal 15", {signal = "15"})
    f("sshd", "Received signal 15; terminating.", {signal = "15"})
    f("sshd", "Server listening on 0.0.0.0 port 22.", {listen_address = "0.0.0.0", listen_port = "22"})
    f("sshd", "Did not receive identification string from 10.2.3.4", {remote_addr = v4"10.2.3.4"})
    f("sshd", "error: Bind to port 22 failed", {sshd_errorlevel = "error", sshd_error = "Bind to port 22 failed"})
    f("su", "Successful su for root by a", {su_status = "Successful", su_name = "root", su_oldname = "a"})
    f("su", "pam_authenticate: Authentication failure", {pam_error = "Authentication failure"})
    f("su", "+ /dev/pts/1 a:root", {})
    f("sudo", "usrnagios : TTY=unknown ; PWD=/home/usrnagios ; USER=root ; COMMAND=/usr/bin/ctdb -Y status", {
        sudo_message = "usrnagios", sudo_tty = "unknown", sudo_pwd = "/home/usrnagios", sudo_user = "root",
        sudo_command = "/usr/bin/ctdb -Y status"})
    f("systemd-logind", "New session 42 of user sathieu.", {session_id = 42, user_id = "sathieu", sd_message = "SESSION_START"})
    f("systemd-logind", "Removed session 42.", {session_id = 42, sd_message = "SESSION_STOP"})
    f("groupadd", "new group: name=a, GID=1000", {group_name = "a", gid = 1000})
    f("groupdel", "group 'a' removed from /etc/group", {group_name = "a", group_dbname = "/etc/group"})
    f("useradd", "new user: name=a, UID=1000, GID=1001, home=/home/a, shell=/bin/sh", {
        user_name = "a", uid = 1000, gid = 1001, user_home = "/home/a", user_shell = "/bin/sh"})
    f("useradd", "add 'a' to shadow group 'b'", {user_name = "a", group_name = "b"})
end

function process_message()
    for _, program in ipairs{"CRON", "crontab"} do
        f(program, "(root) CMD ( cd / && run-parts --report /etc/cron.hourly)", {
            cron_username = "root", cron_event = "CMD", cron_detail = " cd / && run-parts --report /etc/cron.hourly"})
    end
    dhcp()
    named()
    puppet()
    logins()

    local pam = m.get_wildcard_grammar("PAM")
    equal("opened", pam:match"pam_unix(login:session): session opened for user sathieu by LOGIN(uid=1000)", {
        pam_module = "pam_unix", pam_service = "login", pam_type = "session", pam_action = "session opened",
        user_name = "sathieu", login_name = "LOGIN", uid = 1000})
    equal("closed", pam:match"pam_unix(login:session): session closed for user a", {
        pam_module = "pam_unix", pam_service = "login", pam_type = "session", pam_action = "session closed", user_name = "a"})
    local failure = {pam_module = "pam_unix", pam_service = "login", pam_type = "auth", pam_action = "authentication failure",
        logname = "LOGIN", uid = 0, euid = 0, tty = "/dev/tty1", ruser = "", rhost = "", user = "root"}
    local head = "pam_unix(login:auth): authentication failure; logname=LOGIN uid=0 euid=0 tty=/dev/tty1 ruser= rhost="
    equal("failure", pam:match(head .. "  user=root"), failure)
    failure.user, failure.rhost = nil, "10.0.0.1"
    equal("failure without user", pam:match(head .. "10.0.0.1 "), failure)
    equal("check", pam:match"pam_unix(sshd:auth): check pass; user unknown", {
        pam_module = "pam_unix", pam_service = "sshd", pam_type = "auth"})

    equal("unknown", m.get_prog_grammar("unknown"), nil)
    equal("unknown wildcard", m.get_wildcard_grammar("unknown"), nil)
    equal("all", m.get_wildcard_grammar().PAM == pam, true)
    equal("listed", m.get_wildcard_grammar{"PAM", "unknown"}.PAM == pam, true)
    return 0
end
