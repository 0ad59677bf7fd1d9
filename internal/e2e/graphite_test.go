//go:build services

package e2e

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// daemon runs a server until the end of the test.
func daemon(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = new(syscall.SysProcAttr)
	}
	cmd.SysProcAttr.Setpgid = true
	if err := cmd.Start(); err != nil {
		t.Fatalf("%s: %v", cmd.Path, err)
	}
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		cmd.Wait()
		if t.Failed() {
			t.Logf("%s:\n%.4000s", cmd.Path, out.String())
		}
	})
}

// freeUDP returns a loopback address that nobody has bound, and its port.
func freeUDP(t *testing.T) (address, port string) {
	t.Helper()
	address = freeAddress(t)
	return address, portOf(address)
}

func portOf(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

// sendUDP sends one datagram.
func sendUDP(t *testing.T, address, text string) {
	t.Helper()
	c, err := net.Dial("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

// statsdConfig is heka as a statsd server whose lines go to a file.
func statsdConfig(t *testing.T, dir, address, more string) (config, out string) {
	return linesConfig(t, dir, fmt.Sprintf(`
[StatsdInput]
address = %q
extended = true
[StatAccumInput]
ticker_interval = 1
signed_gauges = true
%s`, address, more))
}

// dumpWhisper prints the points of a database by Graphite's own library.
const dumpWhisper = `
import sys, whisper
now = int(sys.argv[3])
start, end, step = whisper.fetch(sys.argv[1], now - 300, now, now=now)[0]
values = whisper.fetch(sys.argv[1], now - 300, now, now=now)[1]
print(*["%d=%r" % (start + i * step, v) for i, v in enumerate(values) if v is not None and start + i * step < int(sys.argv[2])])
`

// TestCarbonAndWhisperAgree sends the same stats to carbon-cache and into database
// files; both must then hold the same.
func TestCarbonAndWhisperAgree(t *testing.T) {
	dir := t.TempDir()
	line, udp := freeAddress(t), freeAddress(t)
	statsd, _ := freeUDP(t)
	storage := filepath.Join(dir, "carbon")
	conf := write(t, filepath.Join(dir, "conf", "carbon.conf"), fmt.Sprintf(`[cache]
STORAGE_DIR = %[1]s
LOCAL_DATA_DIR = %[1]s/whisper
CONF_DIR = %[2]s/conf
LOG_DIR = %[2]s/log
PID_DIR = %[2]s
ENABLE_LOGROTATION = False
MAX_CREATES_PER_MINUTE = inf
MAX_UPDATES_PER_SECOND = 10000
LINE_RECEIVER_INTERFACE = 127.0.0.1
LINE_RECEIVER_PORT = %[3]s
ENABLE_UDP_LISTENER = True
UDP_RECEIVER_INTERFACE = 127.0.0.1
UDP_RECEIVER_PORT = %[3]s
PICKLE_RECEIVER_INTERFACE = 127.0.0.1
PICKLE_RECEIVER_PORT = %[4]s
CACHE_QUERY_INTERFACE = 127.0.0.1
CACHE_QUERY_PORT = %[5]s
USE_FLOW_CONTROL = True
`, storage, dir, portOf(line), portOf(udp), portOf(freeAddress(t))))
	write(t, filepath.Join(dir, "conf", "storage-schemas.conf"), "[all]\npattern = .*\nretentions = 1s:10m,5s:1h\n")
	write(t, filepath.Join(dir, "conf", "storage-aggregation.conf"), "[all]\npattern = .*\nxFilesFactor = 0.1\naggregationMethod = average\n")
	carbon := tool(t, "carbon-cache", "--config", conf, "--debug", "start")
	carbon.Env = append(os.Environ(), "GRAPHITE_ROOT="+dir, "PYTHONDONTWRITEBYTECODE=1")
	daemon(t, carbon)
	dial(t, line).Close()
	config, _ := statsdConfig(t, dir, statsd, fmt.Sprintf(`
[tcp]
type = "CarbonOutput"
message_matcher = "Type == 'heka.statmetric'"
address = %[1]q
tcp_keep_alive = true
[whisper]
type = "WhisperOutput"
message_matcher = "Type == 'heka.statmetric'"
base_path = %[2]q
default_archive_info = [[0, 1, 600], [0, 5, 720]]
`, line, filepath.Join(dir, "ours")))
	h := start(t, config)
	until(t, "heka to run", func() bool { return strings.Contains(h.output(), "Input started: StatsdInput") })
	stamps := map[string]bool{}
	names := []string{"stats/counters/requests/count.wsp", "stats/timers/time/mean_90.wsp", "stats/gauges/queue.wsp"}
	out := filepath.Join(dir, "out.txt")
	for n := 0; len(stamps) < 4; n++ {
		sendUDP(t, statsd, fmt.Sprintf("requests:%d|c\ntime:%d|ms\nqueue:+%d|g\n", n, 10*n, n))
		before := lineCount(out)
		until(t, "a flush", func() bool { return lineCount(out) > before })
		b, _ := os.ReadFile(out)
		for l := range strings.Lines(string(b)) {
			if f := strings.Fields(l); len(f) == 3 && f[0] == "stats.gauges.queue" {
				stamps[f[2]] = true
			}
		}
	}
	h.signal(syscall.SIGTERM)
	h.wait(0)
	b, _ := os.ReadFile(out)
	fields := strings.Fields(strings.TrimSpace(string(b)))
	last, _ := strconv.Atoi(fields[len(fields)-1])
	for _, name := range names {
		dump := func(base string) string {
			cmd := tool(t, "/usr/bin/python3", "-c", dumpWhisper, filepath.Join(base, name), fmt.Sprint(last+1), fmt.Sprint(last))
			text, err := cmd.Output()
			if err != nil {
				return ""
			}
			return strings.TrimSpace(string(text))
		}
		ours := ""
		until(t, "carbon to write "+name, func() bool {
			ours = dump(filepath.Join(dir, "ours"))
			return ours != "" && ours == dump(filepath.Join(storage, "whisper"))
		})
		if len(strings.Fields(ours)) < 4 {
			t.Errorf("%s: few points: %s", name, ours)
		}
	}
}

// linesOf gathers what a TCP listener gets.
type linesOf struct {
	net.Listener
	mu   sync.Mutex // guards text
	text strings.Builder
}

func listenLines(t *testing.T) *linesOf {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &linesOf{Listener: ln}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for sc := bufio.NewScanner(conn); sc.Scan(); {
					l.mu.Lock()
					l.text.WriteString(sc.Text() + "\n")
					l.mu.Unlock()
				}
			}()
		}
	}()
	return l
}

func (l *linesOf) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// values are the last values of each name that are not 0.
func values(text string) map[string]float64 {
	all := map[string]float64{}
	for l := range strings.Lines(text) {
		f := strings.Fields(l)
		if len(f) != 3 {
			continue
		}
		if v, err := strconv.ParseFloat(f[1], 64); err == nil && v != 0 {
			all[f[0]] = v
		}
	}
	return all
}

// node runs a script of one of the packages in testdata/services.
func node(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := tool(t, "node", args...)
	dir, err := filepath.Abs("../../testdata/services")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
		t.Fatalf("%v; run testdata/services/install", err)
	}
	cmd.Dir = dir
	return cmd
}

// TestStatsdAgrees sends the same datagrams to the statsd of npm and to heka.
func TestStatsdAgrees(t *testing.T) {
	dir := t.TempDir()
	sink := listenLines(t)
	theirs, theirPort := freeUDP(t)
	conf := write(t, filepath.Join(dir, "statsd.js"), fmt.Sprintf(`{ address: "127.0.0.1", port: %s, mgmt_address: "127.0.0.1",
  mgmt_port: %s, flushInterval: 1000, graphiteHost: "127.0.0.1", graphitePort: %s, percentThreshold: [90],
  graphite: { legacyNamespace: false } }`, theirPort, portOf(freeAddress(t)), portOf(sink.Addr().String())))
	daemon(t, node(t, "node_modules/statsd/stats.js", conf))
	ours, _ := freeUDP(t)
	config, out := statsdConfig(t, dir, ours, "")
	h := start(t, config)
	until(t, "heka to run", func() bool { return strings.Contains(h.output(), "Input started: StatsdInput") })
	until(t, "statsd to flush", func() bool { return strings.Contains(sink.String(), "numStats") })
	datagram := "a.b:1|c\na.b:2|c|@0.1\na.b:0.5|c\ng:5|g\ng:+2|g\ng:-10|g\nh:3.25|g\n" +
		"t:220|ms\nt:10|ms\nt:20|ms\nt:30|ms\nt:40|ms\nt:50|ms\nt:60|ms\nt:70|ms\nt:80|ms\nt:90|ms\nt:100|ms\n" +
		"u:10|ms\nusers:x|s\nusers:y|s\nusers:x|s\nbad line\nworse|c\nm:16|c\n"
	sendUDP(t, theirs, datagram)
	sendUDP(t, ours, datagram)
	want := []string{"stats.gauges.g", "stats.gauges.h", "stats.sets.users.count", "stats.counters.m.count",
		"stats.counters.m.rate"}
	for _, of := range []string{"t", "u"} {
		for _, what := range []string{"count", "count_ps", "lower", "upper", "sum", "mean", "mean_90", "upper_90"} {
			want = append(want, "stats.timers."+of+"."+what)
		}
	}
	read := func() map[string]float64 { b, _ := os.ReadFile(out); return values(string(b)) }
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("ours %v\ntheirs %v", read(), values(sink.String()))
		}
	})
	until(t, "both to flush", func() bool {
		return read()["stats.counters.m.count"] != 0 && values(sink.String())["stats.counters.m.count"] != 0 &&
			read()["stats.timers.u.upper"] != 0 && values(sink.String())["stats.timers.u.upper"] != 0
	})
	a, b := read(), values(sink.String())
	for _, name := range want {
		if a[name] != b[name] || a[name] == 0 {
			t.Errorf("%s: %v, statsd says %v", name, a[name], b[name])
		}
	}
	// The sum is 21.5; heka rounds it for the count.
	if a["stats.counters.a.b.count"] != 22 || b["stats.counters.a.b.count"] != 21.5 {
		t.Errorf("a.b: %v, statsd says %v", a["stats.counters.a.b.count"], b["stats.counters.a.b.count"])
	}
	h.signal(syscall.SIGTERM)
	h.wait(0)
}

// TestHotShotsIsUnderstood lets a client of DogStatsD send what it can.
func TestHotShotsIsUnderstood(t *testing.T) {
	dir := t.TempDir()
	address, port := freeUDP(t)
	config, out := statsdConfig(t, dir, address, "")
	h := start(t, config)
	until(t, "heka to run", func() bool { return strings.Contains(h.output(), "Input started: StatsdInput") })
	script := fmt.Sprintf(`
const StatsD = require('hot-shots');
const c = new StatsD({ host: '127.0.0.1', port: %s, globalTags: { env: 'prod' }, maxBufferSize: 1000, errorHandler: e => { throw e; } });
c.increment('requests'); c.increment('requests', 4); c.decrement('requests', 2);
c.timing('time', 320, { path: 'a b' }); c.gauge('queue', 17); c.set('users', 'x'); c.set('users', 'y');
c.histogram('size', 5); c.distribution('dist', 7, ['canary']);
c.event('title', 'text'); c.check('service', c.CHECKS.OK);
c.close(() => {});
`, port)
	if text, err := node(t, "-e", script).CombinedOutput(); err != nil {
		t.Fatalf("node with hot-shots: %v\n%s", err, text)
	}
	want := map[string]float64{"stats.counters.requests.count;env=prod": 3, "stats.timers.time.sum;env=prod;path=a_b": 320,
		"stats.gauges.queue;env=prod": 17, "stats.sets.users.count;env=prod": 2, "stats.timers.size.sum;env=prod": 5,
		"stats.timers.dist.sum;canary=true;env=prod": 7}
	until(t, "the flush", func() bool {
		b, _ := os.ReadFile(out)
		got := values(string(b))
		for name, v := range want {
			if got[name] != v {
				return false
			}
		}
		return true
	})
	h.signal(syscall.SIGTERM)
	if text := h.wait(0); strings.Contains(text, "can't parse") {
		t.Errorf("bad lines:\n%s", text)
	}
}
