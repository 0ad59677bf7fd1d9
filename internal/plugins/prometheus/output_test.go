package prometheus

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/klauspost/compress/s2"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// fields calls f for each element of a protobuf message.
func fields(t *testing.T, b []byte, f func(n protowire.Number, v []byte, num uint64)) {
	t.Helper()
	for len(b) > 0 {
		n, typ, size := protowire.ConsumeTag(b)
		if size < 0 {
			t.Fatal("a bad tag")
		}
		b = b[size:]
		switch typ {
		case protowire.BytesType:
			v, size := protowire.ConsumeBytes(b)
			f(n, v, 0)
			b = b[size:]
		case protowire.Fixed64Type:
			v, size := protowire.ConsumeFixed64(b)
			f(n, nil, v)
			b = b[size:]
		case protowire.VarintType:
			v, size := protowire.ConsumeVarint(b)
			f(n, nil, v)
			b = b[size:]
		default:
			t.Fatalf("wire type %d", typ)
		}
	}
}

// render writes a request as text, one series a line.
func render(t *testing.T, b []byte) string {
	t.Helper()
	var text strings.Builder
	fields(t, b, func(_ protowire.Number, series []byte, _ uint64) {
		fields(t, series, func(n protowire.Number, part []byte, _ uint64) {
			var name, value string
			var number float64
			var millis int64
			fields(t, part, func(k protowire.Number, v []byte, num uint64) {
				switch {
				case n == 1 && k == 1:
					name = string(v)
				case n == 1:
					value = string(v)
				case k == 1:
					number = math.Float64frombits(num)
				default:
					millis = int64(num)
				}
			})
			if n == 1 {
				fmt.Fprintf(&text, "%s=%s ", name, value)
			} else {
				fmt.Fprintf(&text, "%g@%d ", number, millis)
			}
		})
		text.WriteString("\n")
	})
	return text.String()
}

func newTestOutput(t *testing.T, change func(*OutputConfig), answer http.HandlerFunc) (*Output, *strings.Builder) {
	t.Helper()
	got := new(strings.Builder)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err == nil {
			b, err = s2.Decode(nil, b)
		}
		if err != nil || r.Method != "POST" || r.Header.Get("Content-Encoding") != "snappy" || r.Header.Get("Content-Type") != "application/x-protobuf" {
			t.Errorf("%s, %v, %v", r.Method, r.Header, err)
		}
		got.WriteString(render(t, b))
		if answer != nil {
			answer(w, r)
		}
	}))
	t.Cleanup(server.Close)
	env, _ := feedtest.Env(t, "remote")
	o := feedtest.Build[*Output](t, Plugins(), "PrometheusRemoteWriteOutput", env, func(c *OutputConfig) { c.URL = server.URL }, change)
	t.Cleanup(func() { o.Close() })
	return o, got
}

func pack(millis int64, fill func(m *message.Message)) *plugin.Pack {
	p := new(plugin.Pack)
	p.Reset(new(plugin.Text))
	p.Message.SetTimestamp(millis * 1e6)
	fill(&p.Message)
	return p
}

func up(value float64, millis int64) *plugin.Pack {
	return pack(millis, func(m *message.Message) {
		m.AddString("name", "up")
		m.AddDouble("value", value, "")
		m.AddString("kind", "gauge")
		m.AddString("labels.job", "node")
		m.AddString("labels.empty", "")
		m.AddString("labels.a.b", "c")
	})
}

func TestMessagesBecomeSeries(t *testing.T) {
	o, got := newTestOutput(t, func(c *OutputConfig) {
		c.NamePrefix = "heka_"
		c.Labels = map[string]string{"zone": "x", "job": "other"}
		c.LabelFields = []string{"Hostname", "Severity", "status", "missing"}
		c.SkipFields = []string{"timestamp"}
	}, nil)
	var l feedtest.Ledger
	w := l.Packs(up(1, 2000), pack(5, func(m *message.Message) { m.SetPayload("no numbers") }), up(0, 1000),
		pack(3, func(m *message.Message) {
			m.SetHostname("web1")
			m.SetSeverity(4)
			m.AddInteger("status", 200, "")
			m.AddInteger("timestamp", 5, "")
			m.AddInteger("bytes.sent", 15, "B")
			m.AddDouble("5xx", 0.5, "")
			m.AddString("text", "x")
			m.AddBool("on", true)
		}))
	if err := w.Send(t.Context(), o, false); err != nil {
		t.Fatal(err)
	}
	want := `__name__=heka_up a_b=c job=node zone=x 0@1000 1@2000 
Hostname=web1 Severity=4 __name__=heka_bytes_sent job=other status=200 zone=x 15@3 
Hostname=web1 Severity=4 __name__=heka_5xx job=other status=200 zone=x 0.5@3 
`
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if c := feedtest.Counters(o); c["SentSamples"] != int64(4) || l.Delivered() != 4 {
		t.Errorf("report %v, %d delivered", c, l.Delivered())
	}
}

func TestAnswersDecide(t *testing.T) {
	f := func(status int, again bool, dropped int) {
		t.Helper()
		o, _ := newTestOutput(t, nil, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		var l feedtest.Ledger
		none := pack(1, func(*message.Message) {})
		err := l.Packs(up(1, 1), none, up(1, 2)).Send(t.Context(), o, false)
		delivered := 3 - dropped
		if again {
			delivered = 0
		}
		if (err != nil) != again || l.Dropped("refused") != dropped || l.Delivered() != delivered {
			t.Errorf("%d: %v, dropped %d, delivered %d", status, err, l.Dropped("refused"), l.Delivered())
		}
		if err := o.Send(t.Context(), none); err != nil {
			t.Errorf("nothing to send: %v", err)
		}
		_, refused := plugin.RefusedReason(o.Send(t.Context(), up(1, 1)))
		if refused != (dropped > 0) {
			t.Errorf("%d: refused %t", status, refused)
		}
	}
	f(204, false, 0)
	f(400, false, 2)
	f(413, false, 2)
	f(401, true, 0)
	f(429, true, 0)
	f(500, true, 0)
	f(302, true, 0)
}

func TestAServerThatIsNotThereIsTriedAgain(t *testing.T) {
	o, _ := newTestOutput(t, func(c *OutputConfig) { c.URL = "http://me:hidden@127.0.0.1:1/write" }, nil)
	err := o.Send(t.Context(), up(1, 1))
	if _, refused := plugin.RefusedReason(err); err == nil || refused || strings.Contains(err.Error(), "hidden") {
		t.Errorf("error %v", err)
	}
}

func TestNamesAreCleaned(t *testing.T) {
	for name, want := range map[string]string{"a": "a", "": "_", "5": "_5", "a.b-c d": "a_b_c_d", "ü": "__", "a:b": "a_b"} {
		if got := clean(name, false); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
	if got := clean("a:b", true); got != "a:b" {
		t.Errorf("colons: %q", got)
	}
}

func BenchmarkRequest(b *testing.B) {
	g := newGatherer(&OutputConfig{})
	p := up(1, 1000)
	var buf []byte
	for b.Loop() {
		g.reset()
		for range 256 {
			g.add(&p.Message)
		}
		buf = appendRequest(buf[:0], g.all)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*256), "ns/sample")
}
