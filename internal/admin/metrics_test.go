package admin_test

import (
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// line is a sample of Prometheus's text format 0.0.4.
var line = regexp.MustCompile(`^([a-z_]+)(\{([a-z_]+="(\\.|[^"\\])*",?)+\})? (-?[0-9.]+(e[+-]?[0-9]+)?)$`)

func TestMetricsAreInPrometheusFormat(t *testing.T) {
	l := start(t, strings.Replace(simple, "[count]", "[\"quo\\\"ted \\\\ name\"]\ntype = \"CounterFilter\"\nmessage_matcher = \"FALSE\"\n[count]", 1))
	conn := l.dial("in.sock")
	l.send(conn, "a", "drop this")
	l.until("all is delivered", func() bool {
		b := l.host.Books()
		return b.Consumers[1].Delivered == 2 && b.Consumers[2].Delivered == 1
	})
	answer, err := http.Get(l.server.URL + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.Header.Get("Content-Type") != "text/plain; version=0.0.4; charset=utf-8" {
		t.Fatal(err, answer.Header)
	}
	family, seen := "", map[string]bool{}
	for row := range strings.Lines(string(text)) {
		row = strings.TrimSuffix(row, "\n")
		if rest, ok := strings.CutPrefix(row, "# TYPE "); ok {
			family, _, _ = strings.Cut(rest, " ")
			if seen["# "+family] {
				t.Errorf("the family %s comes twice", family)
			}
			seen["# "+family] = true
			continue
		}
		if strings.HasPrefix(row, "# HELP ") {
			continue
		}
		m := line.FindStringSubmatch(row)
		if m == nil || m[1] != family && !slices.Contains([]string{family + "_bucket", family + "_sum", family + "_count"}, m[1]) {
			t.Errorf("a bad line in %s: %q", family, row)
			continue
		}
		series := m[1] + m[2]
		if seen[series] {
			t.Errorf("the series %s comes twice", series)
		}
		seen[series] = true
	}
	for _, want := range []string{
		`heka_input_received_total{plugin="in"} 2`,
		`heka_delivered_total{plugin="count"} 2`,
		`heka_delivered_total{plugin="out"} 1`,
		`heka_up{plugin="\"quo\\\"ted \\\\ name\""} 1`, // a header's name is taken as it stands,
		`heka_edge_messages_total{from="in",to="out"} 1`,
	} {
		if !strings.Contains(string(text), "\n"+want+"\n") {
			t.Errorf("%s is missing in\n%s", want, text)
		}
	}
}
