package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

var workloads = []workload{
	{name: "limit-W1", what: "plain Go: access log → the same JSON", run: limitW1},
	{name: "W1", what: "access log → AccessLogDecoder → ESJson → file", run: w1, limit: "limit-W1",
		goal: func(r, limit result) string { return below(r, limit, 700_000, 0.4, 2.0, 60) }},
	{name: "W1-small", what: "W1 with a tenth of the lines: CPU must not grow", run: w1Small},
	{name: "W2", what: "framed protobuf over TCP → 20 matchers, one file", run: w2(0),
		goal: func(r, _ result) string { return below(r, result{}, 1_000_000, 0, 1.5, 0) }},
	{name: "W2-200", what: "W2 with 200 more outputs that never match", run: w2(200), limit: "W2",
		goal: func(r, w2 result) string { return below(r, w2, 0, 0.5, 0, 0) }},
	{name: "limit-W4", what: "plain Go: copy loop TCP → TCP", run: limitW4},
	{name: "W4", what: "lines TCP → TokenSplitter → PayloadEncoder → TCP", run: w4, limit: "limit-W4",
		goal: func(r, _ result) string { return below(r, result{}, 1_000_000, 0, 0, 0) }},
	{name: "W5", what: "W4 through a queue on disk", run: w5, limit: "limit-W4",
		goal: func(r, _ result) string { return below(r, result{}, 700_000, 0, 0, 0) }},
	{name: "syslog", what: "RFC 5424 over TCP → SyslogDecoder → /dev/null", run: syslog,
		goal: func(r, _ result) string { return below(r, result{}, 500_000, 0, 0, 0) }},
	{name: "queue", what: "queue: append, read, acknowledge 400-byte records", run: queueAlone,
		goal: func(r, _ result) string { return below(r, result{}, 1_000_000, 0, 0, 0) }}, // 400 MB/s
	{name: "idle", what: "10 plugins, nothing to do", run: idle10,
		goal: func(r, _ result) string { return below(r, result{}, 0, 0, 0, 25) }},
}

// below says which goals a result misses; a goal of 0 is none.
func below(r, limit result, perSecond, ofLimit, cpu, rss float64) string {
	var missed []string
	miss := func(bad bool, format string, args ...any) {
		if bad {
			missed = append(missed, fmt.Sprintf(format, args...))
		}
	}
	miss(r.perSecond < perSecond, "below %.0f/s", perSecond)
	miss(ofLimit > 0 && limit.perSecond > 0 && r.perSecond < ofLimit*limit.perSecond, "below %.2f of %.0f/s", ofLimit, limit.perSecond)
	miss(cpu > 0 && r.cpuPerMillion > cpu, "above %.1f CPU s", cpu)
	miss(rss > 0 && r.rssMB > rss, "above %.0f MB", rss)
	return strings.Join(missed, ", ")
}

const nginxCombined = `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"`

func w1Config(b *bench, dir string) string {
	return fmt.Sprintf(`
[access]
type = "LogstreamerInput"
log_directory = %q
file_match = 'access\.log'
decoder = "nginx"
oldest_duration = "0"
[nginx]
type = "AccessLogDecoder"
log_format = '%s'
[json]
type = "ESJsonEncoder"
[out]
type = "FileOutput"
message_matcher = "TRUE"
path = %q
encoder = "json"
`, dir, nginxCombined, b.file("w1.out"))
}

// file is a path for output, removed beforehand.
func (b *bench) file(name string) string {
	path := filepath.Join(b.dir, name)
	os.Remove(path)
	return path
}

func w1(b *bench) (result, error) { return runW1(b, b.data("access"), b.n) }

func runW1(b *bench, dir string, n int) (result, error) {
	args, err := b.config("w1", w1Config(b, dir))
	if err != nil {
		return result{}, err
	}
	r, err := b.measure(n, nil, b.heka, args...)
	if err == nil {
		err = wantLines(filepath.Join(b.dir, "w1.out"), 2*n)
	}
	return r, err
}

func w1Small(b *bench) (result, error) {
	small := *b
	small.n = b.n / 10
	if err := small.generate(); err != nil {
		return result{}, err
	}
	return runW1(&small, small.data("access"), small.n)
}

func limitW1(b *bench) (result, error) {
	out := b.file("limit.out")
	r, err := b.measure(b.n, nil, b.limit, "access", b.data("access/access.log"), out)
	if err == nil {
		err = wantLines(out, 2*b.n)
	}
	return r, err
}

// wantLines checks that nothing was lost.
func wantLines(path string, want int) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	n, buf := 0, make([]byte, 1<<20)
	for {
		k, err := f.Read(buf)
		n += bytes.Count(buf[:k], []byte{'\n'})
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	if n != want {
		return fmt.Errorf("%s has %d lines, want %d", path, n, want)
	}
	return nil
}

// matchers of varied kinds; only the first one hits, about one message in 16.
var matchers = []string{
	`Type == 'nginx.access' && Severity <= 3`,
	`Type == 'nginx.error'`,
	`Type == 'app.event' && Fields[status] == 999`,
	`Type =~ /^stat\.disk/`,
	`Fields[path] =~ /^\/nothing/`,
	`Fields[missing] != NIL`,
	`Severity < 0`,
	`Pid == 1 && Type != 'kernel'`,
	`Payload =~ /no such words here/`,
	`Logger == 'sshd' || Logger == 'cron'`,
	`Hostname =~ /\.internal$/`,
	`Fields[request_time] > 10`,
	`Fields[bytes] < 0 && Type == 'db.slow'`,
	`Type == 'heka.all-report' || Type == 'heka.memstat'`,
	`Fields[remote_addr] == '127.0.0.1'`,
	`(Type == 'mail.out' || Type == 'mail.in') && Fields[status] > 1000`,
	`Timestamp < 1000000000000000000`,
	`EnvVersion == '9'`,
	`Fields[status] >= 600 || Fields[status] < 200`,
	`Type == 'audit.login' && Fields[path] == '/etc/passwd'`,
}

func w2(more int) func(b *bench) (result, error) {
	return func(b *bench) (result, error) { return b.runW2("", more, 1, func() error { return nil }) }
}

// runW2 measures W2 with further options of [hekad], with more outputs, with all
// messages sent so many times, and with what begins when heka has started.
func (b *bench) runW2(hekad string, more, times int, begin func() error) (result, error) {
	addr, err := freePort()
	if err != nil {
		return result{}, err
	}
	var toml strings.Builder
	fmt.Fprintf(&toml, "%s[in]\ntype=\"TcpInput\"\naddress=%q\n", hekad, addr)
	for i, m := range matchers {
		fmt.Fprintf(&toml, "[out%d]\ntype=\"FileOutput\"\nencoder=\"ProtobufEncoder\"\npath=%q\nmessage_matcher=%q\n",
			i, b.file(fmt.Sprintf("w2-%d.out", i)), m)
	}
	for i := range more {
		m := strings.ReplaceAll(matchers[1+i%(len(matchers)-1)], "'", fmt.Sprintf("%d'", i))
		m = strings.NewReplacer(fmt.Sprintf("== %d'", i), "== '", fmt.Sprintf("!= %d'", i), "!= '").Replace(m)
		fmt.Fprintf(&toml, "[more%d]\ntype=\"LogOutput\"\nencoder=\"ProtobufEncoder\"\nmessage_matcher=%q\n", i, m)
	}
	args, err := b.config("w2", toml.String())
	if err != nil {
		return result{}, err
	}
	r, err := b.measure(times*b.n, func() error {
		err := begin()
		for range times {
			if err == nil {
				err = send(addr, b.data("messages.hpb"))
			}
		}
		return err
	}, b.heka, args...)
	if err != nil {
		return r, err
	}
	return r.served(), nil
}

func syslog(b *bench) (result, error) {
	addr, err := freePort()
	if err != nil {
		return result{}, err
	}
	args, err := b.config("syslog", fmt.Sprintf(`
[in]
type = "TcpInput"
address = %q
splitter = "SyslogSplitter"
decoder = "SyslogDecoder"
[SyslogSplitter]
[SyslogDecoder]
[plain]
type = "PayloadEncoder"
append_newlines = false
[out]
type = "FileOutput"
message_matcher = "Type == 'in' && Fields[msgid] != NIL"
path = "/dev/null"
encoder = "plain"
`, addr))
	if err != nil {
		return result{}, err
	}
	r, err := b.measure(b.n, func() error { return send(addr, b.data("syslog.txt")) }, b.heka, args...)
	if err != nil {
		return r, err
	}
	return r.served(), nil
}

func w4(b *bench) (result, error) { return b.relayLines("w4", "use_buffering = false") }

// relayLines measures heka taking lines at one address and sending them to
// another, with further options of the output.
func (b *bench) relayLines(name, options string) (result, error) {
	addr, err := freePort()
	if err != nil {
		return result{}, err
	}
	return b.relay(addr, func(sink string) (string, []string, error) {
		args, err := b.config(name, lineRelay(addr, sink, options))
		return b.heka, args, err
	})
}

// lineRelay is a configuration that takes lines at an address and sends them to
// another, with further options of the output.
func lineRelay(addr, to, options string) string {
	return fmt.Sprintf(`
[in]
type = "TcpInput"
address = %q
splitter = "TokenSplitter"
decoder = ""
[plain]
type = "PayloadEncoder"
append_newlines = false
[out]
type = "TcpOutput"
address = %q
message_matcher = "TRUE"
encoder = "plain"
%s
`, addr, to, options)
}

func limitW4(b *bench) (result, error) {
	addr, err := freePort()
	if err != nil {
		return result{}, err
	}
	return b.relay(addr, func(sink string) (string, []string, error) {
		return b.limit, []string{"relay", addr, sink}, nil
	})
}

// relay measures a program that takes lines at addr and passes them on to a
// sink, which counts them.
func (b *bench) relay(addr string, command func(sink string) (string, []string, error)) (result, error) {
	sink, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return result{}, err
	}
	defer sink.Close()
	lines := make(chan int, 1)
	go func() { lines <- countLines(sink, b.n) }()
	name, args, err := command(sink.Addr().String())
	if err != nil {
		return result{}, err
	}
	r, err := b.measure(b.n, func() error { return send(addr, b.data("lines.txt")) }, name, args...)
	if err != nil {
		return r, err
	}
	if n := <-lines; n != b.n {
		return r, fmt.Errorf("%d of %d lines arrived", n, b.n)
	}
	if name == b.heka {
		r = r.served()
	}
	return r, nil
}

func countLines(l net.Listener, want int) int {
	n, buf := 0, make([]byte, 1<<18)
	for n < want {
		conn, err := l.Accept()
		if err != nil {
			return n
		}
		for {
			k, err := conn.Read(buf)
			n += bytes.Count(buf[:k], []byte{'\n'})
			if err != nil {
				break
			}
		}
		conn.Close()
	}
	return n
}

// send connects, which may take until the other side listens, and sends a file.
func send(addr, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	conn, err := dialUntil(addr)
	if err != nil {
		return err
	}
	_, err = io.Copy(conn, f)
	return errors.Join(err, conn.Close())
}

// dialUntil connects as soon as the other side listens.
func dialUntil(addr string) (net.Conn, error) {
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		conn, err := net.Dial("tcp", addr)
		if err == nil || time.Now().After(deadline) {
			return conn, err
		}
	}
}

// freePort returns an address that nobody listens on.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func idle10(b *bench) (result, error) {
	addr, err := freePort()
	if err != nil {
		return result{}, err
	}
	var toml strings.Builder
	fmt.Fprintf(&toml, "[in]\ntype=\"TcpInput\"\naddress=%q\n", addr)
	for i := range 9 {
		fmt.Fprintf(&toml, "[out%d]\ntype=\"FileOutput\"\nencoder=\"ProtobufEncoder\"\npath=%q\nmessage_matcher=%q\n",
			i, b.file(fmt.Sprintf("idle-%d.out", i)), matchers[i])
	}
	return b.idle(toml.String())
}
