//go:build services

package e2e

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// These tests talk to programs that others wrote. testdata/services/install
// installs them; a missing one is a failure.

func tool(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%v; run testdata/services/install", err)
	}
	return exec.Command(path, args...)
}

func linesConfig(t *testing.T, dir, input string) (config, out string) {
	out = filepath.Join(dir, "out.txt")
	return write(t, filepath.Join(dir, "heka.toml"), fmt.Sprintf(`
[hekad]
base_dir = %q
%s
[text]
type = "PayloadEncoder"
append_newlines = false
[out]
type = "FileOutput"
message_matcher = "TRUE"
path = %q
encoder = "text"
flush_interval = 10
`, filepath.Join(dir, "state"), input, out)), out
}

// certificate makes a self-signed key pair for localhost with openssl.
func certificate(t *testing.T, dir string) (cert, key string) {
	t.Helper()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	cmd := tool(t, "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
		"-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("openssl: %v\n%s", err, out)
	}
	return cert, key
}

func TestOpensslSendsOverTLS(t *testing.T) {
	dir := t.TempDir()
	cert, key := certificate(t, dir)
	addr := freeAddress(t)
	config, out := linesConfig(t, dir, fmt.Sprintf(`
[in]
type = "TcpInput"
address = %q
splitter = "TokenSplitter"
decoder = ""
use_tls = true
  [in.tls]
  cert_file = %q
  key_file = %q
`, addr, cert, key))
	h := start(t, config)
	dial(t, addr).Close()
	for _, c := range []struct {
		flag string
		want bool
	}{{"-tls1_3", true}, {"-tls1_2", true}, {"-tls1_1", false}} {
		before := lineCount(out)
		cmd := tool(t, "openssl", "s_client", "-connect", addr, c.flag, "-CAfile", cert, "-verify_return_error", "-quiet", "-no_ign_eof")
		cmd.Stdin = strings.NewReader("one\ntwo\n")
		text, err := cmd.CombinedOutput()
		if c.want {
			if err != nil {
				t.Fatalf("%s: %v\n%s\n%s", c.flag, err, text, h.output())
			}
			until(t, "two lines over "+c.flag, func() bool { return lineCount(out) == before+2 })
		} else if err == nil {
			t.Errorf("%s: the handshake must be refused\n%s", c.flag, text)
		}
	}
	h.signal(syscall.SIGTERM)
	h.wait(0)
}

func TestLoggerSendsOverTCPAndUDP(t *testing.T) {
	for _, proto := range []string{"tcp", "udp"} {
		t.Run(proto, func(t *testing.T) {
			dir := t.TempDir()
			addr := freeAddress(t)
			typ := map[string]string{"tcp": "TcpInput\"\nsplitter = \"TokenSplitter\"\ndecoder = \"", "udp": "UdpInput"}[proto]
			config, out := linesConfig(t, dir, fmt.Sprintf("[in]\ntype = \"%s\"\naddress = %q\n", typ, addr))
			h := start(t, config)
			until(t, "heka to run", func() bool { return strings.Contains(h.output(), "Input started: in") })
			host, port, _ := strings.Cut(addr, ":")
			if text, err := tool(t, "logger", "--"+proto, "--server", host, "--port", port, "--rfc3164", "--tag", "e2e", "hello from logger").CombinedOutput(); err != nil {
				t.Fatalf("logger: %v\n%s", err, text)
			}
			until(t, "the line", func() bool {
				b, _ := os.ReadFile(out)
				return strings.Contains(string(b), "e2e: hello from logger")
			})
			h.signal(syscall.SIGTERM)
			h.wait(0)
		})
	}
}

// TestRsyslogRelay sends through heka into a real rsyslog: lines that come in by
// TCP go out by TcpOutput, while rsyslog is stopped and started again.
func TestRsyslogRelay(t *testing.T) {
	dir := t.TempDir()
	in, relay := freeAddress(t), freeAddress(t)
	_, port, _ := strings.Cut(relay, ":")
	received := filepath.Join(dir, "received.log")
	conf := write(t, filepath.Join(dir, "rsyslog.conf"), fmt.Sprintf(`
module(load="imtcp")
input(type="imtcp" port="%s" address="127.0.0.1" ruleset="all")
template(name="raw" type="string" string="%%rawmsg%%\n")
ruleset(name="all") { action(type="omfile" file="%s" template="raw") }
`, port, received))
	rsyslog := func() *exec.Cmd {
		cmd := tool(t, "rsyslogd", "-n", "-f", conf, "-i", filepath.Join(dir, "rsyslog.pid"))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		dial(t, relay).Close()
		return cmd
	}
	config := write(t, filepath.Join(dir, "heka.toml"), fmt.Sprintf(`
[hekad]
base_dir = %q
[in]
type = "TcpInput"
address = %q
splitter = "TokenSplitter"
decoder = ""
[text]
type = "PayloadEncoder"
append_newlines = false
[out]
type = "TcpOutput"
message_matcher = "TRUE"
address = %q
encoder = "text"
`, filepath.Join(dir, "state"), in, relay))
	server := rsyslog()
	h := start(t, config)
	c := dial(t, in)
	const third = 1000
	send := func(from int) {
		for n := from; n < from+third; n++ {
			fmt.Fprintf(c, "<13>Feb 10 08:46:41 web app: line/%d HTTP\n", n)
		}
	}
	send(0)
	until(t, "the first lines", func() bool { return lineCount(received) >= third })
	server.Process.Signal(syscall.SIGTERM)
	server.Wait()
	send(third)
	server = rsyslog()
	send(2 * third)
	c.Close()
	until(t, "all lines", func() bool { return len(numbers(t, received, `line/(\d+) HTTP`)) == 3*third })
	h.signal(syscall.SIGTERM)
	h.wait(0)
	server.Process.Signal(syscall.SIGTERM)
	server.Wait()
}

// TestNcatFeedsUnixSocket feeds a unix socket from ncat.
func TestNcatFeedsUnixSocket(t *testing.T) {
	dir := t.TempDir()
	socket := filepath.Join(dir, "in.sock")
	config, out := linesConfig(t, dir, fmt.Sprintf("[in]\ntype = \"TcpInput\"\nnet = \"unix\"\naddress = %q\nsplitter = \"TokenSplitter\"\ndecoder = \"\"\n", socket))
	h := start(t, config)
	until(t, "the socket", func() bool { _, err := os.Stat(socket); return err == nil })
	cmd := tool(t, "ncat", "-U", socket)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for n := range 100 {
		fmt.Fprintf(stdin, "line %d\n", n)
	}
	io.Closer(stdin).Close()
	until(t, "100 lines", func() bool { return lineCount(out) == 100 })
	cmd.Process.Kill()
	cmd.Wait()
	h.signal(syscall.SIGTERM)
	h.wait(0)
}
