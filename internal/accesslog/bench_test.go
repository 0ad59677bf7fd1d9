package accesslog_test

import (
	"strings"
	"testing"

	"github.com/hekad/heka/internal/accesslog"
	"github.com/hekad/heka/message"
)

const (
	combinedLine = `203.0.113.195 - - [10/Feb/2014:08:46:41 -0800] "GET /static/css/site.css?v=20140210 HTTP/1.1" 200 48213 "https://www.example.com/products/index.html" "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:26.0) Gecko/20100101 Firefox/26.0"`
	upstreamLine = `2014-02-10T08:46:41-08:00 2001:db8:85a3::8a2e:370:7334 GET /api/v1/items 0.123 "10.0.0.1:80, 10.0.0.2:80" 0.050, 0.073 502, 200`
)

func benchmark(b *testing.B, f *accesslog.Format, err error, line string) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
	m := message.New()
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		m.Reset()
		if err := f.Parse(line, m); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNginxCombined(b *testing.B) {
	f, err := accesslog.NewNginx("combined")
	benchmark(b, f, err, combinedLine)
}

func BenchmarkNginxCombinedAgent(b *testing.B) {
	f, err := accesslog.NewNginx("combined")
	if err == nil {
		f.TransformUserAgent(accesslog.KeepUnrecognized)
	}
	benchmark(b, f, err, combinedLine)
}

// BenchmarkNginxNewSecond is the worst case for the cached time: every line has
// another second than the one before.
func BenchmarkNginxNewSecond(b *testing.B) {
	f, err := accesslog.NewNginx("combined")
	if err != nil {
		b.Fatal(err)
	}
	m := message.New()
	lines := [...]string{combinedLine, strings.Replace(combinedLine, "46:41", "46:42", 1)}
	b.SetBytes(int64(len(combinedLine)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		m.Reset()
		if err := f.Parse(lines[n&1], m); err != nil {
			b.Fatal(err)
		}
		n++
	}
}

func BenchmarkApacheCombined(b *testing.B) {
	f, err := accesslog.NewApache("combined")
	benchmark(b, f, err, combinedLine)
}

func BenchmarkNginxUpstream(b *testing.B) {
	f, err := accesslog.NewNginx(`$time_iso8601 $remote_addr $request_method $uri $request_time "$upstream_addr" $upstream_response_time $upstream_status`)
	benchmark(b, f, err, upstreamLine)
}

func BenchmarkNoMatch(b *testing.B) {
	f, err := accesslog.NewNginx("combined")
	if err != nil {
		b.Fatal(err)
	}
	m := message.New()
	line := combinedLine[:len(combinedLine)-1]
	b.ReportAllocs()
	for b.Loop() {
		if f.Parse(line, m) == nil {
			b.Fatal("matched")
		}
	}
}
