package matcher_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/message"
)

// accessLog is a message as a web server's log gives it, as it comes off the wire.
func accessLog(tb testing.TB) *message.Message {
	m := message.New()
	m.SetUUID(message.UUID{1, 2, 3})
	m.SetTimestamp(1416840893000000000)
	m.SetType("nginx.access")
	m.SetLogger("web-frontend")
	m.SetSeverity(6)
	m.SetPayload(`192.168.17.4 - - [24/Nov/2014:14:54:53 +0000] "GET /static/css/site.css HTTP/1.1" 200 48213 ` +
		`"http://www.example.com/index.html" "Mozilla/5.0 (X11; Linux x86_64; rv:33.0) Gecko/20100101 Firefox/33.0"`)
	m.SetEnvVersion("1")
	m.SetPid(4711)
	m.SetHostname("web1.example.com")
	m.AddInteger("status", 200, "count")
	m.AddInteger("bytes", 48213, "B")
	m.AddString("remote_addr", "192.168.17.4")
	m.AddDouble("request_time", 0.0123, "s")
	m.AddString("request", "/static/css/site.css")
	parsed := message.New()
	if err := parsed.Parse(m.AppendWire(nil)); err != nil {
		tb.Fatal(err)
	}
	return parsed
}

var simpleExpressions = []struct{ name, expr string }{
	{"equal", "Type == 'nginx.access'"},
	{"notEqual", "Type != 'nginx.error'"},
	{"severity", "Severity <= 6"},
	{"and", "Type == 'nginx.access' && Severity <= 6"},
	{"field", "Fields[status] >= 200"},
	{"fieldLast", "Fields[request] == '/static/css/site.css'"},
	{"missing", "Fields[missing] == NIL"},
	{"prefix", "Type =~ /^nginx/"},
	{"suffix", `Fields[request] =~ /\.css$/`},
	{"anyOf", "Logger =~ /^(web-frontend|api|cache)$/"},
	{"contains", "Payload =~ /Firefox/"},
	{"foldedContains", "Payload =~ /(?i)gecko/"},
	{"uuid", "Uuid == '01020300-0000-0000-0000-000000000000'"},
	{"engineSpared", `Payload =~ /upstream \d+ timed out/`},
	{"engine", `Payload =~ /" \d{3} \d+ "/`},
}

func BenchmarkMatch(b *testing.B) {
	m := accessLog(b)
	for _, e := range simpleExpressions {
		x := mustParse(b, e.expr)
		b.Run(e.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x.Match(m)
			}
		})
	}
}

// varied are matchers as a configuration has them; some match accessLog.
var varied = []string{
	"Type == 'nginx.access'",
	"Type == 'nginx.error'",
	"Type == 'nginx.access' && Severity <= 6",
	"Type == 'syslog' || Type == 'kernel'",
	"Type == 'nginx.access' && Fields[status] >= 500",
	"Fields[status] >= 400 && Fields[status] < 500",
	"Fields[request] =~ /^\\/static\\//",
	"Type =~ /^heka/",
	"Type !~ /^heka/",
	"Payload =~ /Firefox/",
	"Payload =~ /out of memory/",
	"Fields[user] != NIL",
	"Fields[user] == NIL && Type == 'auth'",
	"Severity < 4",
	"Logger == 'web-frontend' && Fields[request_time] > 0.5",
	"Logger == 'web-backend' && Fields[request_time] > 0.5",
	"(Type == 'nginx.access' || Type == 'apache.access') && Fields[remote_addr] =~ /^10\\./",
	"Hostname == 'web1.example.com' && Severity == 6",
	"Fields[bytes] > 1000000 || Fields[request_time] > 2.5",
	"Type == 'statmetric' || Type == 'heka.statmetric' || Logger == 'statsd'",
}

// neverMatching returns n matchers of the same kinds, of which none matches accessLog.
func neverMatching(n int) []string {
	forms := []string{
		"Type == 'app%d.access'",
		"Type == 'app%d.access' && Severity <= 6",
		"Type == 'app%d' || Type == 'daemon%d'",
		"Type == 'nginx.access' && Fields[status] >= %d000",
		"Fields[status] == 7%d && Type == 'nginx.access'",
		"Fields[request] =~ /^\\/api\\/v%d\\//",
		"Type =~ /^heka%d/",
		"Payload =~ /error code %d/",
		"Payload =~ /module%d: \\w+ failed/",
		"Fields[user%d] != NIL",
		"Fields[tag%d] == NIL && Type == 'auth'",
		"Severity < -%d",
		"Logger == 'web-backend%d' && Fields[request_time] > 0.5",
		"(Type == 'a%d' || Type == 'b%d') && Fields[remote_addr] =~ /^10\\./",
		"Hostname == 'db%d.example.com' && Severity == 6",
		"Fields[bytes] > 10000%d || Fields[request_time] > 2.5%d",
	}
	list := make([]string, n)
	for i := range list {
		list[i] = strings.ReplaceAll(forms[i%len(forms)], "%d", strconv.Itoa(i/len(forms)+1))
	}
	return list
}

func parseAll(tb testing.TB, list []string) []*matcher.Matcher {
	all := make([]*matcher.Matcher, len(list))
	for i, expr := range list {
		all[i] = mustParse(tb, expr)
	}
	return all
}

func BenchmarkSet(b *testing.B) {
	for _, c := range []struct {
		name  string
		exprs []string
	}{
		{"1", varied[:1]},
		{"20varied", varied},
		{"200never", neverMatching(200)},
		{"2000never", neverMatching(2000)},
	} {
		matchers := parseAll(b, c.exprs)
		m := accessLog(b)
		b.Run(c.name+"/set", func(b *testing.B) {
			set, sc, hits := matcher.NewSet(matchers), new(matcher.Scratch), []int32(nil)
			b.ReportAllocs()
			for b.Loop() {
				hits = set.Match(m, hits[:0], sc)
			}
			b.ReportMetric(float64(len(hits)), "hits")
		})
		b.Run(c.name+"/single", func(b *testing.B) {
			hits := []int32(nil)
			b.ReportAllocs()
			for b.Loop() {
				hits = hits[:0]
				for i, x := range matchers {
					if x.Match(m) {
						hits = append(hits, int32(i))
					}
				}
			}
			b.ReportMetric(float64(len(hits)), "hits")
		})
	}
}

func BenchmarkNewSet(b *testing.B) {
	matchers := parseAll(b, neverMatching(200))
	for b.Loop() {
		matcher.NewSet(matchers)
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		mustParse(b, "Type == 'nginx.access' && (Fields[status] >= 500 || Payload =~ /timeout/)")
	}
}
