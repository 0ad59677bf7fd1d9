//go:build services

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// unpacked is a program of the packages that testdata/services/install unpacks.
func unpacked(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	root := unpackedPath(t, "")
	cmd := tool(t, filepath.Join(root, "usr/sbin", name), args...)
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+filepath.Join(root, "usr/lib/syslog-ng"))
	return cmd
}

// unpackedPath finds a file of these packages by a pattern.
func unpackedPath(t *testing.T, pattern string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("../../testdata/services/debian", pattern))
	if err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(path)
	if err != nil || len(found) == 0 {
		t.Fatalf("there is no %s; run testdata/services/install", path)
	}
	return found[0]
}

// syslogServers are the servers of other makers: each runs a configuration, which
// it is handed in its own language, in a folder.
var syslogServers = map[string]struct {
	run func(t *testing.T, dir, conf string)
	// sends forwards what it reads from a socket; see ways.
	sends func(dir string, cert, key string, port map[string]string) string
	// receives writes what it gets to files in the form of received.
	receives func(dir string, cert, key string, port map[string]string) string
	// data is the structured data that it adds to messages of RFC 5424.
	data string
}{
	"rsyslog": {
		run: func(t *testing.T, dir, conf string) {
			daemon(t, tool(t, "rsyslogd", "-n", "-f", write(t, filepath.Join(dir, "conf"), conf), "-i", filepath.Join(dir, "pid")))
		},
		sends: func(dir, cert, key string, port map[string]string) string {
			action := func(way, template, more string) string {
				return fmt.Sprintf("action(type=\"omfwd\" target=\"127.0.0.1\" port=%q template=\"%s\" %s)\n", port[way], template, more)
			}
			const old, modern = "RSYSLOG_TraditionalForwardFormat", "RSYSLOG_SyslogProtocol23Format"
			tls := `protocol="tcp" StreamDriver="ossl" StreamDriverMode="1" StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="localhost" `
			return fmt.Sprintf("global(DefaultNetstreamDriverCAFile=%[1]q DefaultNetstreamDriverCertFile=%[1]q DefaultNetstreamDriverKeyFile=%[2]q)\n", cert, key) +
				fmt.Sprintf("module(load=\"imuxsock\" SysSock.Use=\"off\")\ninput(type=\"imuxsock\" Socket=%q)\n", filepath.Join(dir, "log")) +
				action("udp-old", old, `protocol="udp"`) + action("udp-new", modern, `protocol="udp"`) +
				action("tcp-old", old, `protocol="tcp"`) + action("tcp-new", modern, `protocol="tcp"`) +
				action("tcp-octets", modern, `protocol="tcp" TCP_Framing="octet-counted"`) +
				action("tls-old", old, tls) + action("tls-octets", modern, tls+`TCP_Framing="octet-counted"`)
		},
		receives: func(dir, cert, key string, port map[string]string) string {
			conf := fmt.Sprintf(`
global(DefaultNetstreamDriver="ossl" DefaultNetstreamDriverCAFile=%[1]q DefaultNetstreamDriverCertFile=%[1]q DefaultNetstreamDriverKeyFile=%[2]q)
module(load="imudp")
module(load="imtcp")
template(name="received" type="string" string="%%syslogfacility%%|%%syslogseverity%%|%%hostname%%|%%programname%%|%%procid%%|%%structured-data%%|%%msg:::drop-last-lf%%\n")
`, cert, key)
			for way, p := range port {
				input := `type="imtcp"`
				switch kind, _, _ := strings.Cut(way, "-"); kind {
				case "udp":
					input = `type="imudp"`
				case "tls":
					input += ` StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="x509/certvalid"`
				}
				conf += fmt.Sprintf("ruleset(name=%q) { action(type=\"omfile\" file=%q template=\"received\") }\n", way, filepath.Join(dir, way)) +
					fmt.Sprintf("input(%s address=\"127.0.0.1\" port=%q ruleset=%q)\n", input, p, way)
			}
			return conf
		},
	},
	"syslog-ng": {
		run: func(t *testing.T, dir, conf string) {
			conf = "@version: 3.38\noptions { keep-hostname(yes); };\n" + conf
			daemon(t, unpacked(t, "syslog-ng", "--foreground", "--stderr", "--no-caps", "--cfgfile", write(t, filepath.Join(dir, "conf"), conf),
				"--module-path", unpackedPath(t, "usr/lib/syslog-ng/[0-9]*"), "--persist-file", filepath.Join(dir, "persist"),
				"--control", filepath.Join(dir, "ctl"), "--pidfile", filepath.Join(dir, "pid")))
		},
		sends: func(dir, cert, key string, port map[string]string) string {
			tls := fmt.Sprintf(`transport("tls") tls(ca-file(%[1]q) cert-file(%[1]q) key-file(%[2]q) peer-verify(required-trusted))`, cert, key)
			conf := fmt.Sprintf("source s { unix-dgram(%q); };\nrewrite r { set(\"b\" value(\".SDATA.x@1.a\")); };\n", filepath.Join(dir, "log"))
			for way, how := range map[string]string{
				"udp-old": `network("127.0.0.1" transport("udp") port(%s))`, "udp-new": `syslog("127.0.0.1" transport("udp") port(%s))`,
				"tcp-old": `network("127.0.0.1" transport("tcp") port(%s))`, "tcp-new": `network("127.0.0.1" transport("tcp") flags(syslog-protocol) port(%s))`,
				"tcp-octets": `syslog("127.0.0.1" transport("tcp") port(%s))`,
				"tls-old":    `network("localhost" ` + tls + ` port(%s))`, "tls-octets": `syslog("localhost" ` + tls + ` port(%s))`,
			} {
				conf += fmt.Sprintf("log { source(s); rewrite(r); destination { "+how+"; }; };\n", port[way])
			}
			return conf
		},
		receives: func(dir, cert, key string, port map[string]string) string {
			tls := fmt.Sprintf(`transport("tls") tls(ca-file(%[1]q) cert-file(%[1]q) key-file(%[2]q) peer-verify(required-trusted))`, cert, key)
			var conf string
			for way, how := range map[string]string{
				"udp-old": `network(transport("udp")`, "udp-new": `syslog(transport("udp")`,
				"tcp-old": `network(transport("tcp")`, "tcp-new": `network(transport("tcp") flags(syslog-protocol)`,
				"tcp-octets": `syslog(transport("tcp")`, "tls-old": `network(` + tls, "tls-octets": `syslog(` + tls,
			} {
				conf += fmt.Sprintf("log { source { %s ip(\"127.0.0.1\") port(%s)); }; destination { file(%q template(\"$FACILITY_NUM|$LEVEL_NUM|$HOST|$PROGRAM|${PID:--}|${SDATA:--}|$MSG\\n\")); }; };\n",
					how, port[way], filepath.Join(dir, way))
			}
			return conf
		},
		data: "b",
	},
}

// ways of syslog: the transport, and the form: old is RFC 3164, new is RFC 5424, in
// lines over TCP, octets is RFC 5424 behind lengths. The other side's certificate is
// verified on both ends of tls.
var ways = []string{"udp-old", "udp-new", "tcp-old", "tcp-new", "tcp-octets", "tls-old", "tls-octets"}

// relayed is how many messages go each way.
const relayed = 50

// TestSyslogServersForward lets the servers of others forward what logger says, in
// all ways at a time, and looks at every message that came of it.
func TestSyslogServersForward(t *testing.T) {
	for name, server := range syslogServers {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			cert, key := certificate(t, dir)
			port := make(map[string]string)
			var inputs strings.Builder
			for _, way := range ways {
				kind, _, _ := strings.Cut(way, "-")
				address := freeAddress(t)
				if kind == "udp" {
					address, _ = freeUDP(t)
				}
				port[way] = portOf(address)
				fmt.Fprintf(&inputs, "[%s]\naddress = %q\ndecoder = \"SyslogDecoder\"\n", way, address)
				fmt.Fprint(&inputs, map[string]string{
					"udp": "type = \"UdpInput\"\n",
					"tcp": "type = \"TcpInput\"\nsplitter = \"SyslogSplitter\"\n",
					"tls": fmt.Sprintf("type = \"TcpInput\"\nsplitter = \"SyslogSplitter\"\nuse_tls = true\n[%s.tls]\ncert_file = %[2]q\nkey_file = %[3]q\nclient_auth = \"RequireAndVerifyClientCert\"\nclient_cafile = %[2]q\n", way, cert, key),
				}[kind])
			}
			out := filepath.Join(dir, "out")
			config := write(t, filepath.Join(dir, "heka.toml"), fmt.Sprintf(`
[hekad]
base_dir = %q
%s
[SyslogSplitter]
[SyslogDecoder]
[columns]
type = "SandboxEncoder"
filename = %q
[FileOutput]
message_matcher = "Fields[programname] == 'e2e'"
path = %q
encoder = "columns"
flush_interval = 10
`, filepath.Join(dir, "state"), inputs.String(), write(t, filepath.Join(dir, "columns.lua"), `
require "table"
function process_message()
    inject_payload("txt", "", table.concat({read_message("Type"), read_message("Fields[syslogfacility]"), read_message("Severity"),
        read_message("Hostname") ~= "" and "host" or "", read_message("Pid"), read_message("Fields[x@1.a]") or "",
        read_message("Timestamp") > 1.7e18 and "time" or "", read_message("Payload")}, "|"), "\n")
    return 0
end`), out))
			h := start(t, config)
			for _, way := range ways {
				until(t, way, func() bool { return strings.Contains(h.output(), "Input started: "+way) })
			}
			server.run(t, dir, server.sends(dir, cert, key, port))
			socket := filepath.Join(dir, "log")
			until(t, "the server's socket", func() bool { _, err := os.Stat(socket); return err == nil })
			cmd := tool(t, "logger", "--socket", socket, "--tag", "e2e", "--priority", "local0.err", "--id=4711")
			var want []string
			var lines strings.Builder
			for n := range relayed {
				fmt.Fprintf(&lines, "line: %d\n", n)
				for _, way := range ways {
					data := server.data
					if strings.HasSuffix(way, "old") {
						data = ""
					}
					want = append(want, fmt.Sprintf("%s|16|3|host|4711|%s|time|line: %d", way, data, n))
				}
			}
			cmd.Stdin = strings.NewReader(lines.String())
			if text, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("logger: %v\n%s", err, text)
			}
			until(t, "all lines", func() bool { return lineCount(out) >= len(want) })
			h.signal(syscall.SIGTERM)
			h.wait(0)
			// rsyslog's text of a message of RFC 3164 begins with a blank, which it
			// keeps in the other form.
			got := strings.Split(strings.TrimSpace(strings.ReplaceAll(contents(out), "| ", "|")), "\n")
			slices.Sort(got)
			slices.Sort(want)
			for i := range want {
				if len(got) != len(want) || got[i] != want[i] {
					t.Fatalf("%d lines, want %d; line %d is %q, want %q", len(got), len(want), i, got[min(i, len(got)-1)], want[i])
				}
			}
		})
	}
}

// TestSyslogServersReceive writes syslog of both RFCs with a script, sends it in all
// ways at a time, and looks at what the servers of others understood.
func TestSyslogServersReceive(t *testing.T) {
	for name, server := range syslogServers {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			cert, key := certificate(t, dir)
			port := make(map[string]string)
			var outputs strings.Builder
			for _, way := range ways {
				kind, form, _ := strings.Cut(way, "-")
				address := freeAddress(t)
				if kind == "udp" {
					address, _ = freeUDP(t)
				}
				port[way] = portOf(address)
				address = strings.Replace(address, "127.0.0.1", "localhost", 1)
				fmt.Fprintf(&outputs, "[%s]\nmessage_matcher = \"TRUE\"\naddress = %q\nencoder = \"%s\"\n", way, address,
					map[string]string{"udp": "datagrams-", "tcp": "", "tls": ""}[kind]+form)
				fmt.Fprint(&outputs, map[string]string{
					"udp": "type = \"UdpOutput\"\n",
					"tcp": "type = \"TcpOutput\"\n",
					"tls": fmt.Sprintf("type = \"TcpOutput\"\nuse_tls = true\n[%s.tls]\ncert_file = %[2]q\nkey_file = %[3]q\nroot_cafile = %[2]q\n", way, cert, key),
				}[kind])
			}
			script := write(t, filepath.Join(dir, "syslog.lua"), `
require "os"
local form, ending = read_config("form"), read_config("ending")
function process_message()
    local text, time = read_message("Payload"), read_message("Timestamp") / 1e9
    if form == "old" then
        text = os.date("<131>%b %d %H:%M:%S ", time) .. "web1 e2e[4711]: " .. text
    else
        text = os.date("!<131>1 %Y-%m-%dT%H:%M:%SZ ", time) .. 'web1 e2e 4711 - [x@1 a="b"] ' .. text
    end
    if form == "octets" then
        text = #text .. " " .. text
    end
    inject_payload("txt", "", text, ending)
    return 0
end`)
			for _, form := range []string{"old", "new", "octets"} {
				for prefix, ending := range map[string]string{"": `\n`, "datagrams-": ""} {
					if form == "octets" {
						ending = ""
					}
					fmt.Fprintf(&outputs, "[%s%s]\ntype = \"SandboxEncoder\"\nfilename = %q\n[%[1]s%[2]s.config]\nform = %[2]q\nending = \"%[4]s\"\n", prefix, form, script, ending)
				}
			}
			in := freeAddress(t)
			config := write(t, filepath.Join(dir, "heka.toml"), fmt.Sprintf(`
[hekad]
base_dir = %q
[in]
type = "TcpInput"
address = %q
splitter = "TokenSplitter"
decoder = "strip"
[strip]
type = "PayloadRegexDecoder"
match_regex = '^(?P<Text>[^\n]*)'
  [strip.message_fields]
  Payload = "%%Text%%"
%s`, filepath.Join(dir, "state"), in, outputs.String()))
			server.run(t, dir, server.receives(dir, cert, key, port))
			for way, p := range port {
				until(t, "a socket for "+way, func() bool { return bound(way, p) })
			}
			h := start(t, config)
			c := dial(t, in)
			for n := range relayed {
				fmt.Fprintf(c, "line: %d\n", n)
			}
			c.Close()
			for _, way := range ways {
				data := `[x@1 a="b"]`
				if strings.HasSuffix(way, "old") {
					data = "-"
				}
				var want strings.Builder
				for n := range relayed {
					fmt.Fprintf(&want, "16|3|web1|e2e|4711|%s|line: %d\n", data, n)
				}
				received := filepath.Join(dir, way)
				until(t, "all lines by "+way, func() bool { return lineCount(received) >= relayed })
				// rsyslog keeps the blank in front of the text of RFC 3164.
				if got := strings.ReplaceAll(contents(received), "| ", "|"); got != want.String() {
					t.Errorf("%s: got %.300q, want %.300q", way, got, want.String())
				}
			}
			h.signal(syscall.SIGTERM)
			h.wait(0)
		})
	}
}

// bound says whether a port of the way's transport has a socket.
func bound(way, port string) bool {
	kind, _, _ := strings.Cut(way, "-")
	table := map[string]string{"udp": "/proc/net/udp", "tcp": "/proc/net/tcp", "tls": "/proc/net/tcp"}[kind]
	var n int
	fmt.Sscan(port, &n)
	return strings.Contains(contents(table), fmt.Sprintf(": 0100007F:%04X 00000000:0000", n))
}
