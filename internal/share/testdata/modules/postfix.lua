local string = require "string"
local m = require "postfix"

-- f compares the fields without their prefix, and integers and addresses by value.
local function f(daemon, text, want, extract)
    local got, plain = m.postfix_match("postfix/" .. daemon, text, extract), nil
    if got then
        plain = {}
        for k, v in pairs(got) do
            plain[string.gsub(k, "^postfix_", "", 1)] = type(v) == "table" and v.value or v
        end
    end
    equal(daemon .. ": " .. text, plain, want)
end

local function local_daemons()
    f("anvil", "statistics: max connection count 1 for (127.0.0.1:2525:127.0.0.1) at Oct 26 19:46:00", {
        anvil_conn_count = 1, service = "127.0.0.1:2525", client_ip = "127.0.0.1", anvil_timestamp = "Oct 26 19:46:00"})
    f("anvil", "statistics: max connection rate 1/60s for (smtpd:2604:8d00:0:1::3) at Oct 26 17:46:59", {
        anvil_conn_rate = 1, anvil_conn_period = "60s", service = "smtpd", client_ip = "2604:8d00:0:1::3",
        anvil_timestamp = "Oct 26 17:46:59"})
    f("anvil", "statistics: max cache size 2 at Oct 26 17:46:59", {anvil_cache_size = 2, anvil_timestamp = "Oct 26 17:46:59"})
    f("bounce", "65AFB8B5: sender delivery status notification: 1DF35917", {queueid = "65AFB8B5", bounce_queueid = "1DF35917"})
    f("cleanup", "4104E3D: milter-reject: END-OF-MESSAGE from 061238241086.static.ctinets.com[61.238.241.86]: 5.7.1 Blocked by SpamAssassin; from=<wumt5@cchfdc.com> to=<voorzitter@example.com> proto=ESMTP helo=<ecsolved.com>", {
        queueid = "4104E3D", milter_result = "reject",
        milter_message = "END-OF-MESSAGE from 061238241086.static.ctinets.com[61.238.241.86]: 5.7.1 Blocked by SpamAssassin",
        keyvalue_data = "from=<wumt5@cchfdc.com> to=<voorzitter@example.com> proto=ESMTP helo=<ecsolved.com>"})
    f("cleanup", "0D9633D: message-id=<a=b@example.com>", {queueid = "0D9633D", ["message-id"] = "a=b@example.com"}, true)
    local discard = "25F2E5E061: to=<george.desantis@test.example.com>, relay=none, delay=0.05, delays=0.05/0/0/0, dsn=2.0.0, status=sent (test.example.com)"
    f("discard", discard, {
        queueid = "25F2E5E061", to = "george.desantis@test.example.com", relay = "none", delay = 0.05,
        delay_before_qmgr = 0.05, delay_in_qmgr = 0, delay_conn_setup = 0, delay_transmission = 0, dsn = "2.0.0", status = "sent"}, true)
    f("discard", discard, {
        queueid = "25F2E5E061", status = "sent",
        keyvalue_data = "to=<george.desantis@test.example.com>, relay=none, delay=0.05, delays=0.05/0/0/0, dsn=2.0.0,"})
    f("qmgr", "2604E3DAB: from=<a@example.com>, size=3651, nrcpt=1 (queue active)", {
        queueid = "2604E3DAB", from = "a@example.com", size = 3651, nrcpt = 1}, true)
    f("qmgr", "3mL8Xk1t5Zz1KsQ: removed", {queueid = "3mL8Xk1t5Zz1KsQ"})
    f("qmgr", "ABCDEF0123456GHI: removed", {queueid = "ABCDEF0123456GHI"})
    f("pipe", "95ECE24E0: to=<tom@example.com>, relay=dovecot, delay=0.12, delays=0.03/0/0/0.08, dsn=5.4.6, status=bounced (mail forwarding loop for tom@example.com)", {
        queueid = "95ECE24E0", to = "tom@example.com",
        keyvalue_data = "to=<tom@example.com>, relay=dovecot, delay=0.12, delays=0.03/0/0/0.08, dsn=5.4.6, status=bounced"})
    f("pipe", "95ECE24E0: to=<a@example.com>, relay=dovecot (delivered via dovecot service)", {
        queueid = "95ECE24E0", keyvalue_data = "to=<a@example.com>, relay=dovecot", pipe_service = "dovecot"})
    f("local", "95ECE24E0: to=<a@example.com>, relay=local, status=sent (delivered to command: x y=z)", {
        queueid = "95ECE24E0", to = "a@example.com", relay = "local", status = "sent (delivered to command: x y=z)"}, true)
    f("pickup", "D2FAE20586: uid=0 from=<fail2ban>", {queueid = "D2FAE20586", uid = 0, from = "fail2ban"})
    f("tlsproxy", "CONNECT from [82.118.17.142]:51637", {client_ip = "82.118.17.142", client_port = 51637})
    f("tlsproxy", "DISCONNECT [82.118.17.142]:51637", {client_ip = "82.118.17.142", client_port = 51637})
    f("master", "daemon started -- version 2.11.0, configuration /etc/postfix", {version = "2.11.0", config_path = "/etc/postfix"})
    f("master", "terminating on signal 15", {termination_signal = 15})
    f("scache", "statistics: domain lookup hits=0 miss=2 success=0%", {scache_hits = "0", scache_miss = "2", scache_success = "0%"})
    f("scache", "statistics: max simultaneous domains=1 addresses=2 connection=3", {
        scache_domains = "1", scache_addresses = "2", scache_connection = "3"})
    f("scache", "statistics: start interval Oct 26 17:46:59", {scache_timestamp = "Oct 26 17:46:59"})
    f("dnsblog", "addr 10.2.3.4 listed by domain zen.spamhaus.org as 127.0.0.3", {
        client_ip = "10.2.3.4", dnsbl_domain = "zen.spamhaus.org", dnsbl_result = "127.0.0.3"})
    for _, daemon in ipairs{"sendmail", "postdrop", "trivial_rewrite", "tlsmgr"} do
        f(daemon, "warning: disk full", {warning = "disk full"})
    end
end

local function postscreen()
    f("postscreen", "CONNECT from [61.238.241.86]:53024 to [89.105.204.244]:25", {
        client_ip = "61.238.241.86", client_port = 53024, server_ip = "89.105.204.244", server_port = 25})
    f("postscreen", "PASS OLD [2604:8d00:0:1::3]:52237", {
        postscreen_access = "PASS OLD", client_ip = "2604:8d00:0:1::3", client_port = 52237})
    f("postscreen", "PREGREET 6 after 1.2 from [216.81.72.72]:43421: RSET\\r\\n", {
        postscreen_violation = "PREGREET", postscreen_violation_time = 1.2, client_ip = "216.81.72.72", client_port = 43421})
    f("postscreen", "DNSBL rank 3 for [111.73.45.149]:1038", {
        postscreen_violation = "DNSBL", postscreen_dnsbl_rank = 3, client_ip = "111.73.45.149", client_port = 1038})
    f("postscreen", "COMMAND PIPELINING from [88.208.233.4]:42606 after .: \\n", {
        postscreen_violation = "COMMAND PIPELINING", client_ip = "88.208.233.4", client_port = 42606, smtp_stage = "."})
    f("postscreen", "NOQUEUE: reject: CONNECT from [1.2.3.4]:1337: too many connections", {
        client_ip = "1.2.3.4", client_port = 1337, postscreen_toobusy_data = "too many connections"})
    f("postscreen", "NOQUEUE: reject: RCPT from [27.157.200.233]:4984: 550 5.7.1 Service unavailable; client [27.157.200.233] blocked using zen.spamhaus.org; from=<hcdvbnm@qhhn.com>, to=<4ECEA00F.9040306@example.com>, proto=ESMTP, helo=<qhhn.com>", {
        action = "reject", smtp_stage = "RCPT", client_ip = "27.157.200.233", client_port = 4984, status_code = 550,
        status_code_enhanced = "5.7.1", status_data = "27.157.200.233", status_message = "blocked using zen.spamhaus.org",
        keyvalue_data = "from=<hcdvbnm@qhhn.com>, to=<4ECEA00F.9040306@example.com>, proto=ESMTP, helo=<qhhn.com>"})
    f("postscreen", "cache btree:/var/lib/postfix/postscreen_cache full cleanup: retained=168 dropped=3 entries", {
        postscreen_cache_retained = 168, postscreen_cache_dropped = 3})
end

local function smtp()
    f("smtp", "0D9633D: to=<jos@example.com>, orig_to=<bestuur@example.com>, relay=mail1.example.net[10.74.103.11]:25, delay=11, delays=5.4/0.06/5.1/0.03, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as F12DF84004)", {
        queueid = "0D9633D", to = "jos@example.com", orig_to = "bestuur@example.com", relay_hostname = "mail1.example.net",
        relay_ip = "10.74.103.11", relay_port = 25, delay = 11, delay_before_qmgr = 5.4, delay_in_qmgr = 0.06,
        delay_conn_setup = 5.1, delay_transmission = 0.03, dsn = "2.0.0", status = "sent",
        smtp_response = "250 2.0.0 Ok: queued as F12DF84004"}, true)
    f("smtp", "Verified TLS connection established to mail.sys4.de[2001:1578:400:111::7]:25: TLSv1 with cipher ECDHE-RSA-AES256-SHA (256/256 bits)", {
        relay_hostname = "mail.sys4.de", relay_ip = "2001:1578:400:111::7", relay_port = 25, tls_version = "TLSv1",
        tls_cipher = "ECDHE-RSA-AES256-SHA", tls_cipher_size = "256/256"})
    f("lmtp", "B99FE3D: lost connection with mx3.hotmail.com[65.55.37.72] while receiving the initial server greeting", {
        queueid = "B99FE3D", relay_hostname = "mx3.hotmail.com", relay_ip = "65.55.37.72"})
    f("smtp", "connect to mail2.crabruzzo.it[2.115.207.21]:25: No route to host", {
        relay_hostname = "mail2.crabruzzo.it", relay_ip = "2.115.207.21", relay_port = 25})
    f("relay_info", "1.example.com.si[private/dovecot-lmtp]", {relay_hostname = "1.example.com.si", relay_service = "private/dovecot-lmtp"})
    f("delays", "4.1/0.01/0/0.15", {delay_before_qmgr = 4.1, delay_in_qmgr = 0.01, delay_conn_setup = 0, delay_transmission = 0.15})
    f("keyvalue_data", "from=<>, to=<tom@example.com>, relay=dovecot, delay=4.3, delays=4.1/0.01/0/0.15, dsn=2.0.0, status=sent", {
        from = "", to = "tom@example.com", relay = "dovecot", delay = "4.3", delays = "4.1/0.01/0/0.15", dsn = "2.0.0", status = "sent"})
end

local function smtpd()
    local rejected = "NOQUEUE: reject: RCPT from news.zihan-promo.com[192.36.205.58]: 554 5.7.1 Service unavailable; Helo command [news.zihan-promo.com] blocked using dbl.spamhaus.org; http://www.spamhaus.org/query/dbl?domain=zihan-promo.com; from=<mark.alexander@zihan-promo.com> to=<tom@example.com> proto=ESMTP helo=<news.zihan-promo.com>"
    f("smtpd", rejected, {
        action = "reject", smtp_stage = "RCPT", client_hostname = "news.zihan-promo.com", client_ip = "192.36.205.58",
        status_code = 554, status_code_enhanced = "5.7.1", status_data = "news.zihan-promo.com",
        status_message = "blocked using dbl.spamhaus.org; http://www.spamhaus.org/query/dbl?domain=zihan-promo.com",
        from = "mark.alexander@zihan-promo.com", to = "tom@example.com", proto = "ESMTP", helo = "news.zihan-promo.com"}, true)
    f("smtpd", "NOQUEUE: reject: RCPT from a.example.com[1.2.3.4]: 550 5.1.1 <x@example.com>: Recipient address rejected; from=<y@example.com>", {
        action = "reject", smtp_stage = "RCPT", client_hostname = "a.example.com", client_ip = "1.2.3.4", status_code = 550,
        status_code_enhanced = "5.1.1", status_data = "x@example.com", status_message = "Recipient address rejected",
        keyvalue_data = "from=<y@example.com>"})
    f("smtpd", "connect from unknown[72.13.58.7]", {client_hostname = "unknown", client_ip = "72.13.58.7"})
    f("smtpd", "disconnect from 1.2.3.4[1.2.3.4]:99 ehlo=1", {client_hostname = "1.2.3.4", client_ip = "1.2.3.4", client_port = 99})
    f("smtpd", "lost connection after DATA (7774180 bytes) from unknown[72.13.58.7]", {
        smtpd_lostconn_data = "lost connection", smtp_stage = "DATA", client_hostname = "unknown", client_ip = "72.13.58.7"})
    f("smtpd", "SSL_accept error from unknown[72.13.58.7]: Connection timed out", {
        action = "SSL_accept error", client_hostname = "unknown", client_ip = "72.13.58.7", smtpd_lostconn_data = "Connection timed out"})
    f("smtpd", "improper command pipelining after EHLO from unknown[72.13.58.7]: QUIT", {
        smtp_stage = "EHLO", client_hostname = "unknown", client_ip = "72.13.58.7"})
    f("smtpd", "proxy-accept: END-OF-MESSAGE: 250 2.0.0 from MTA(smtp:[127.0.0.1]:10013): 250 2.0.0 Ok: queued as DF66E940333; from=<user1@test.example.com> to=<user2@example2.com> proto=ESMTP helo=<[127.0.0.1]>", {
        proxy_result = "accept", proxy_smtp_stage = "END-OF-MESSAGE", proxy_status_code = "250", proxy_status_code_enhanced = "2.0.0",
        from = "user1@test.example.com", to = "user2@example2.com", proto = "ESMTP", helo = "[127.0.0.1]"}, true)
    f("smtpd", "fatal: out of memory", {warning = "out of memory"})
    f("smtpd", "7D1E01C9: client=a.example.com[1.2.3.4]:99, sasl_method=PLAIN, sasl_username=a", {
        queueid = "7D1E01C9", client_hostname = "a.example.com", client_ip = "1.2.3.4", client_port = 99,
        sasl_method = "PLAIN", sasl_username = "a"}, true)
end

function process_message()
    local_daemons()
    postscreen()
    smtp()
    smtpd()
    equal("integers", m.postfix_match("mta-in/pickup", "D2FAE20586: uid=7 from=<a>").postfix_uid, {value = 7, value_type = 2})
    equal("no daemon", m.postfix_match("postfix", "x"), nil)
    equal("two slashes", m.postfix_match("a/b/smtpd", "fatal: x"), nil)
    equal("unknown daemon", m.postfix_match("postfix/unknown", "x"), nil)
    equal("unknown text", m.postfix_match("postfix/bounce", "x"), nil)
    return 0
end
