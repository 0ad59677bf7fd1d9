//go:build services

package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// ask makes a request and returns the answer, "" while there is none.
func ask(method, address, body string) string {
	r, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		return ""
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%d %s", answer.StatusCode, b)
}

// victoria starts VictoriaMetrics.
func victoria(t *testing.T, dir string) (address string) {
	t.Helper()
	address = freeAddress(t)
	daemon(t, tool(t, "victoria-metrics", "-storageDataPath", filepath.Join(dir, "vm"), "-httpListenAddr", address,
		"-search.latencyOffset=0s", "-loggerLevel=ERROR"))
	until(t, "VictoriaMetrics", func() bool { return strings.HasPrefix(ask("GET", "http://"+address+"/health", ""), "200") })
	return address
}

// TestPrometheusIsScrapedAndWrittenTo scrapes a Prometheus and sends its samples,
// and numbers of other messages, to it and to VictoriaMetrics. Prometheus scrapes
// heka's own numbers.
func TestPrometheusIsScrapedAndWrittenTo(t *testing.T) {
	dir := t.TempDir()
	address, in := freeAddress(t), freeAddress(t)
	admin := freeAddress(t)
	conf := write(t, filepath.Join(dir, "prometheus.yml"), fmt.Sprintf(`
scrape_configs:
- job_name: heka
  scrape_interval: 1s
  authorization: { credentials: open sesame }
  static_configs: [{ targets: [%q] }]
`, admin))
	daemon(t, tool(t, "prometheus", "--config.file", conf, "--storage.tsdb.path", filepath.Join(dir, "tsdb"),
		"--web.listen-address", address, "--web.enable-remote-write-receiver", "--log.level", "error"))
	until(t, "Prometheus", func() bool { return strings.HasPrefix(ask("GET", "http://"+address+"/-/ready", ""), "200") })
	vm := victoria(t, dir)
	config := write(t, filepath.Join(dir, "heka.toml"), fmt.Sprintf(`
[hekad]
base_dir = %[1]q
admin = %[5]q
admin_token = "open sesame"
[scrape]
type = "PrometheusInput"
urls = ["http://%[2]s/metrics", "http://%[3]s/metrics"]
ticker_interval = 1
  [scrape.labels]
  job = "ours"
[StatsdInput]
address = %[4]q
[StatAccumInput]
ticker_interval = 1
emit_in_fields = true
[prometheus]
type = "PrometheusRemoteWriteOutput"
message_matcher = "Type == 'heka.prometheus' || Type == 'heka.statmetric'"
url = "http://%[2]s/api/v1/write"
skip_fields = ["timestamp"]
[victoria]
type = "PrometheusRemoteWriteOutput"
message_matcher = "Type == 'heka.prometheus' || Type == 'heka.statmetric'"
url = "http://%[3]s/api/v1/write"
skip_fields = ["timestamp"]
  [victoria.labels]
  via = "heka"
`, filepath.Join(dir, "state"), address, vm, in, admin))
	h := start(t, config)
	until(t, "heka to run", func() bool { return strings.Contains(h.output(), "Input started: StatsdInput") })
	sendUDP(t, in, "queue:17|g")
	found := func(server, query string) {
		t.Helper()
		until(t, query+" at "+server, func() bool {
			text := ask("GET", "http://"+server+"/api/v1/query?query="+url.QueryEscape(query), "")
			return strings.HasPrefix(text, "200") && strings.Contains(text, `"metric":{`)
		})
	}
	for _, q := range []string{`up{job="heka"} == 1`, `heka_delivered_total{plugin="victoria"} > 0`, `heka_info{version!=""} == 1`} {
		found(address, q)
	}
	for server, query := range map[string]string{
		address: `up{job="ours",instance="` + vm + `"} == 1`,
		vm:      `up{job="ours",via="heka",instance="` + address + `"} == 1`,
	} {
		for _, q := range []string{query, `count({__name__=~"go_.*",job="ours"}) > 10`, `stats_gauges_queue{Type="heka.statmetric"} == 17`,
			`prometheus_build_info{version!="",job="ours"}`} {
			found(server, q)
		}
	}
	h.signal(syscall.SIGTERM)
	if text := h.wait(0); strings.Contains(text, "remote write: ") || strings.Contains(text, "bad line") {
		t.Errorf("complaints:\n%s", text)
	}
}

// TestInfluxTakesLines writes messages in the line protocol and hands them to
// InfluxDB and VictoriaMetrics.
func TestInfluxTakesLines(t *testing.T) {
	dir := t.TempDir()
	influx := freeAddress(t)
	conf := write(t, filepath.Join(dir, "influxdb.conf"), fmt.Sprintf(`
bind-address = %q
reporting-disabled = true
[meta]
dir = "%[2]s/meta"
[data]
dir = "%[2]s/data"
wal-dir = "%[2]s/wal"
[http]
bind-address = %[3]q
log-enabled = false
[monitor]
store-enabled = false
`, freeAddress(t), filepath.Join(dir, "influx"), influx))
	daemon(t, tool(t, "influxd", "-config", conf))
	until(t, "InfluxDB", func() bool { return strings.HasPrefix(ask("GET", "http://"+influx+"/ping", ""), "204") })
	if text := ask("POST", "http://"+influx+"/query?q="+url.QueryEscape("CREATE DATABASE d"), ""); !strings.HasPrefix(text, "200") {
		t.Fatal(text)
	}
	vm := victoria(t, dir)
	statsd, _ := freeUDP(t)
	out := filepath.Join(dir, "lines")
	config := write(t, filepath.Join(dir, "heka.toml"), fmt.Sprintf(`
[hekad]
base_dir = %q
[StatsdInput]
address = %q
extended = true
[StatAccumInput]
ticker_interval = 1
emit_in_fields = true
emit_in_payload = false
[influx]
type = "InfluxLineEncoder"
name_prefix = "odd, name="
skip_fields = ["timestamp"]
integers = true
timestamp_precision = "ns"
[FileOutput]
message_matcher = "Type == 'heka.statmetric'"
path = %q
encoder = "influx"
flush_interval = 10
[posted]
type = "InfluxLineEncoder"
name_prefix = "posted."
skip_fields = ["timestamp"]
[to_influx]
type = "HttpOutput"
message_matcher = "Type == 'heka.statmetric'"
address = "http://%s/write?db=d&precision=ms"
encoder = "posted"
[to_victoria]
type = "HttpOutput"
message_matcher = "Type == 'heka.statmetric'"
address = "http://%s/write?precision=ms"
encoder = "posted"
`, filepath.Join(dir, "state"), statsd, out, influx, vm))
	h := start(t, config)
	until(t, "heka to run", func() bool { return strings.Contains(h.output(), "Input started: StatsdInput") })
	sendUDP(t, statsd, "requests:3|c\nqueue size:17.5|g|#env:prod")
	until(t, "lines", func() bool { b, _ := os.ReadFile(out); return strings.Contains(string(b), "queue") })
	h.signal(syscall.SIGTERM)
	if text := h.wait(0); strings.Contains(text, "error") {
		t.Errorf("complaints:\n%s", text)
	}
	lines, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if text := ask("POST", "http://"+influx+"/write?db=d&precision=ns", string(lines)); !strings.HasPrefix(text, "204") {
		t.Errorf("InfluxDB: %s\n%s", text, lines)
	}
	if text := ask("POST", "http://"+vm+"/write?precision=ns", string(lines)); !strings.HasPrefix(text, "204") {
		t.Errorf("VictoriaMetrics: %s", text)
	}
	for query, want := range map[string]string{
		`SELECT value FROM "odd, name=stats.counters.requests.count" WHERE Type = 'heka.statmetric' AND value > 0`:      `,3]`,
		`SELECT value FROM "odd, name=stats.gauges.queue size;env=prod" WHERE Logger = 'StatAccumInput' AND value > 17`: `,17.5]`,
		`SELECT value FROM "posted.stats.counters.requests.count" WHERE value > 0`:                                      `,3]`,
		`SHOW FIELD KEYS FROM "odd, name=stats.counters.requests.count"`:                                                `"integer"`,
	} {
		if text := ask("POST", "http://"+influx+"/query?db=d&q="+url.QueryEscape(query), ""); !strings.Contains(text, want) {
			t.Errorf("%s: %s", query, text)
		}
	}
	until(t, "VictoriaMetrics to have it", func() bool {
		q := `count(last_over_time({__name__=~"(odd, name=|posted.)stats.gauges.queue size;env=prod_value"}[5m]) == 17.5)`
		return strings.Contains(ask("GET", "http://"+vm+"/api/v1/query?query="+url.QueryEscape(q), ""), `"2"`)
	})
}
