//go:build unix

package e2e

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// TestReloadUnderFlow: inputs that read a file and that listen restart again and again
// while lines come in. Every line of the file and every datagram arrives once, no
// client is turned away, and the admin API shows what is in force.
func TestReloadUnderFlow(t *testing.T) {
	const rounds = 8
	dir := t.TempDir()
	tcp, udp, out := freeAddress(t), freeAddress(t), filepath.Join(dir, "out.txt")
	socket := filepath.Join(dir, "admin.sock")
	config := func(round int) string {
		return fmt.Sprintf(`
[hekad]
base_dir = %q
admin = "unix:%s"
[file]
type = "LogstreamerInput"
log_directory = %q
file_match = 'log'
splitter = "TokenSplitter"
hostname = "round%d"
[datagrams]
type = "UdpInput"
address = %q
set_hostname = %t
[connections]
type = "TcpInput"
address = %q
splitter = "TokenSplitter"
decoder = ""
max_connections = %d
[text]
type = "PayloadEncoder"
append_newlines = false
[out]
type = "FileOutput"
message_matcher = "TRUE"
path = %q
encoder = "text"
flush_interval = 10
`, filepath.Join(dir, "state"), socket, dir, round, udp, round%2 == 0, tcp, 100+round, out)
	}
	logFile, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer logFile.Close()
	path := filepath.Join(dir, "heka.toml")
	h := start(t, write(t, path, config(0)))
	dial(t, tcp).Close()

	stop, sent, sentDatagrams := make(chan struct{}), 0, 0
	var writer sync.WaitGroup
	datagrams, err := net.Dial("udp", udp)
	if err != nil {
		t.Fatal(err)
	}
	defer datagrams.Close()
	writer.Go(func() {
		for ; sent < 5000; sent++ { // further connections would run out of ports
			select {
			case <-stop:
				return
			default:
			}
			fmt.Fprintf(logFile, "file %d\n", sent)
			conn, err := net.Dial("tcp", tcp)
			if err != nil {
				t.Errorf("a client is turned away: %v", err)
				return
			}
			conn.Close()
		}
	})
	send := func() { // no more than a small socket buffer holds
		for i := range 20 {
			fmt.Fprintf(datagrams, "datagram %d\n", sentDatagrams+i)
		}
		sentDatagrams += 20
	}
	for round := 1; round <= rounds; round++ {
		write(t, path, config(round))
		send()
		h.signal(syscall.SIGHUP)
		send()
		until(t, "the reload", func() bool {
			return strings.Count(h.output(), "Reload: 1 kept, 3 restarted (file, datagrams, connections), 0 added, 0 removed") == round
		})
		send()
		before := lineCount(out)
		until(t, "further lines", func() bool { return lineCount(out) > before && datagramCount(out) >= sentDatagrams })
	}
	close(stop)
	writer.Wait()
	until(t, "all lines", func() bool { return lineCount(out) >= sent+sentDatagrams })

	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", socket)
	}}}
	answer, err := client.Get("http://heka/api/v1/config")
	if err != nil {
		t.Fatal(err)
	}
	shown, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil || !strings.Contains(string(shown), fmt.Sprintf(`hostname = "round%d"`, rounds)) {
		t.Errorf("the admin API shows\n%s", shown)
	}
	h.signal(syscall.SIGINT)
	h.wait(0)
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for line := range strings.Lines(string(text)) {
		got[line]++
	}
	for name, n := range map[string]int{"file": sent, "datagram": sentDatagrams} {
		for i := range n {
			if line := fmt.Sprintf("%s %d\n", name, i); got[line] != 1 {
				t.Errorf("%q came %d times", line, got[line])
			}
		}
	}
}

func datagramCount(path string) int {
	b, _ := os.ReadFile(path)
	return strings.Count(string(b), "datagram ")
}

// TestReloadLosesNoMeasurement: an accumulator restarts while measurements come in for
// it; each is counted, by it or by its successor.
func TestReloadLosesNoMeasurement(t *testing.T) {
	const rounds = 6
	dir := t.TempDir()
	udp, out := freeAddress(t), filepath.Join(dir, "out.txt")
	config := func(round int) string {
		return fmt.Sprintf(`
[hekad]
base_dir = %q
admin = "off"
[StatsdInput]
address = %q
[StatAccumInput]
ticker_interval = %d
[text]
type = "PayloadEncoder"
[out]
type = "FileOutput"
message_matcher = "Type == 'heka.statmetric'"
path = %q
encoder = "text"
flush_interval = 10
`, filepath.Join(dir, "state"), udp, 100+round, out)
	}
	path := filepath.Join(dir, "heka.toml")
	h := start(t, write(t, path, config(0)))
	until(t, "the start", func() bool { return strings.Contains(h.output(), "Input started: StatsdInput") })
	conn, err := net.Dial("udp", udp)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	sent := 0
	send := func() {
		for range 20 {
			fmt.Fprintln(conn, "hits:1|c")
			sent++
		}
	}
	for round := 1; round <= rounds; round++ {
		send()
		write(t, path, config(round))
		h.signal(syscall.SIGHUP)
		send()
		until(t, "the reload", func() bool {
			return strings.Count(h.output(), "Reload: 2 kept, 1 restarted (StatAccumInput), 0 added, 0 removed") == round
		})
		send()
	}
	h.signal(syscall.SIGINT)
	if said := h.wait(0); strings.Contains(said, "undelivered stat") {
		t.Errorf("heka says\n%s", said)
	}
	if got := countedHits(out); got != sent {
		t.Errorf("%d measurements counted of %d", got, sent)
	}
}

// countedHits adds up what flushes have counted.
func countedHits(path string) (sum int) {
	b, _ := os.ReadFile(path)
	for line := range strings.Lines(string(b)) {
		var n, at int
		if _, err := fmt.Sscanf(line, "stats.counters.hits.count %d %d", &n, &at); err == nil {
			sum += n
		}
	}
	return sum
}
