//go:build services

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// syslogConfig writes to out what SyslogDecoder made of what input gets.
func syslogConfig(t *testing.T, dir, input string) (config, out string) {
	config, out = linesConfig(t, dir, input+"\n[SyslogSplitter]\n[SyslogDecoder]\n")
	b, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(b), "append_newlines = false\n", "", 1)
	text = strings.Replace(text, `"TRUE"`, `"Fields[programname] == 'e2e' && Severity == 3 && Fields[syslogfacility] == 16 && Hostname != '' && Timestamp > 1700000000000000000"`, 1)
	return write(t, config, text), out
}

const overTCP = "[in]\ntype = \"TcpInput\"\naddress = %q\nsplitter = \"SyslogSplitter\"\ndecoder = \"SyslogDecoder\"\n"

// TestLoggerSpeaksSyslog sends with util-linux' logger in both forms, over UDP and
// TCP, in lines and behind lengths.
func TestLoggerSpeaksSyslog(t *testing.T) {
	for name, c := range map[string]struct {
		input string
		flags []string
	}{
		"udp rfc3164":     {"[in]\ntype = \"UdpInput\"\naddress = %q\ndecoder = \"SyslogDecoder\"\n", []string{"--udp", "--rfc3164"}},
		"udp rfc5424":     {"[in]\ntype = \"UdpInput\"\naddress = %q\ndecoder = \"SyslogDecoder\"\n", []string{"--udp", "--rfc5424"}},
		"tcp rfc3164":     {overTCP, []string{"--tcp", "--rfc3164"}},
		"tcp rfc5424":     {overTCP, []string{"--tcp", "--rfc5424", "--sd-id", "x@1", "--sd-param", `a="b"`}},
		"octets, rfc5424": {overTCP, []string{"--tcp", "--rfc5424", "--octet-count"}},
		"octets, rfc3164": {overTCP, []string{"--tcp", "--rfc3164", "--octet-count"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir, addr := t.TempDir(), freeAddress(t)
			config, out := syslogConfig(t, dir, fmt.Sprintf(c.input, addr))
			h := start(t, config)
			until(t, "heka to run", func() bool { return strings.Contains(h.output(), "Input started: in") })
			host, port, _ := strings.Cut(addr, ":")
			cmd := tool(t, "logger", append(c.flags, "--server", host, "--port", port, "--tag", "e2e", "--priority", "local0.err")...)
			cmd.Stdin = strings.NewReader("first line\nsecond: line\n")
			if text, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("logger: %v\n%s", err, text)
			}
			until(t, "two lines", func() bool { return lineCount(out) == 2 })
			if b, _ := os.ReadFile(out); string(b) != "first line\nsecond: line\n" {
				t.Errorf("got %q", b)
			}
			h.signal(syscall.SIGTERM)
			h.wait(0)
		})
	}
}

// TestRsyslogForwards lets rsyslog read a unix socket and forward to heka.
func TestRsyslogForwards(t *testing.T) {
	for name, options := range map[string]string{
		"lines":               `template="RSYSLOG_TraditionalForwardFormat"`,
		"lines, precise time": `template="RSYSLOG_ForwardFormat"`,
		"lines, rfc5424":      `template="RSYSLOG_SyslogProtocol23Format"`,
		"octets, rfc5424":     `template="RSYSLOG_SyslogProtocol23Format" TCP_Framing="octet-counted"`,
		"octets":              `template="RSYSLOG_TraditionalForwardFormat" TCP_Framing="octet-counted"`,
	} {
		t.Run(name, func(t *testing.T) {
			dir, addr := t.TempDir(), freeAddress(t)
			config, out := syslogConfig(t, dir, fmt.Sprintf(overTCP, addr))
			h := start(t, config)
			dial(t, addr).Close()
			host, port, _ := strings.Cut(addr, ":")
			socket := filepath.Join(dir, "log")
			conf := write(t, filepath.Join(dir, "rsyslog.conf"), fmt.Sprintf(`
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket=%q)
action(type="omfwd" target=%q port=%q protocol="tcp" %s)
`, socket, host, port, options))
			server := tool(t, "rsyslogd", "-n", "-f", conf, "-i", filepath.Join(dir, "rsyslog.pid"))
			if err := server.Start(); err != nil {
				t.Fatal(err)
			}
			until(t, "rsyslog's socket", func() bool { _, err := os.Stat(socket); return err == nil })
			cmd := tool(t, "logger", "--socket", socket, "--tag", "e2e", "--priority", "local0.err", "--id=4711")
			var lines strings.Builder
			for n := range 200 {
				fmt.Fprintf(&lines, "line %d\n", n)
			}
			cmd.Stdin = strings.NewReader(lines.String())
			if text, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("logger: %v\n%s", err, text)
			}
			until(t, "200 lines", func() bool { return lineCount(out) == 200 })
			// rsyslog's text of a message of RFC 3164 begins with a blank, which it
			// keeps in the other form.
			if b, _ := os.ReadFile(out); strings.ReplaceAll("\n"+string(b), "\n ", "\n") != "\n"+lines.String() {
				t.Errorf("got %.100q", b)
			}
			server.Process.Signal(syscall.SIGTERM)
			server.Wait()
			h.signal(syscall.SIGTERM)
			h.wait(0)
		})
	}
}
