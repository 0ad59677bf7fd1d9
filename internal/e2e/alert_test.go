package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// requestAt is a line of an access log of nginx, in the combined format.
func requestAt(at time.Time, status int) string {
	return fmt.Sprintf("10.0.0.%d - - [%s] \"GET / HTTP/1.1\" %d 612 \"-\" \"curl/7.29.0\"\n",
		status%250, at.UTC().Format("02/Jan/2006:15:04:05 -0700"), status)
}

// usualTraffic is a log of some requests in each second, with one or two errors.
func usualTraffic(from, to time.Time) string {
	var log strings.Builder
	for second, at := 0, from; at.Before(to); second, at = second+1, at.Add(time.Second) {
		log.WriteString(strings.Repeat(requestAt(at, 200), 3) + requestAt(at, 404))
		log.WriteString(strings.Repeat(requestAt(at, 500), 1+second&1))
	}
	return log.String()
}

// TestBurstOfErrorsRaisesOneAlert runs the alerts of the demo: nothing while the log
// has a few errors, and one alert when it has many.
func TestBurstOfErrorsRaisesOneAlert(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("DEMO", dir)
	now := time.Now()
	log := write(t, filepath.Join(dir, "log", "acme.log"), usualTraffic(now.Add(-time.Minute), now))
	h := start(t, filepath.Join("..", "..", "testdata", "demo", "alert.toml"))

	alerts, graphs := filepath.Join(dir, "alerts.txt"), filepath.Join(dir, "graphs.txt")
	drawn := func(n int) func() bool {
		return func() bool {
			b, _ := os.ReadFile(graphs)
			return strings.Count(string(b), `"column_info"`) >= n
		}
	}
	until(t, "three graphs of the usual traffic", drawn(3))
	if b, _ := os.ReadFile(alerts); len(b) > 0 {
		t.Errorf("alerts without a reason:\n%s", b)
	}

	f, err := os.OpenFile(log, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	burst := time.Now()
	_, err = f.WriteString(usualTraffic(now, burst) + strings.Repeat(requestAt(burst, 500), 200))
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the alert", func() bool { return lineCount(alerts) > 0 })
	b, err := os.ReadFile(graphs)
	if err != nil {
		t.Fatal(err)
	}
	until(t, "two more graphs", drawn(strings.Count(string(b), `"column_info"`)+2))
	h.signal(syscall.SIGTERM)
	out := h.wait(0)

	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`^Timestamp: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\nHostname: ` + regexp.QuoteMeta(host) +
		"\nPlugin: http_status\nAlert: HTTP Status - algorithm: roc col: 5 msg: detected anomaly, standard deviation exceeds 1.5\n$")
	got, err := os.ReadFile(alerts)
	if err != nil || !want.Match(got) {
		t.Errorf("alerts: %v\n%s\n%s", err, got, out)
	}
	if b, err = os.ReadFile(graphs); err != nil || !strings.Contains(string(b), `{"annotations":[{`) {
		t.Errorf("no annotation in the graphs: %v", err)
	}
}
