package influx_test

import (
	"testing"

	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/internal/plugins/influx"
	"github.com/hekad/heka/plugin"
)

// BenchmarkEncoder writes a message with four fields as one line.
func BenchmarkEncoder(b *testing.B) {
	p := feedtest.Find(b, influx.Plugins(), "InfluxLineEncoder")
	c := p.NewConfig().(*influx.EncoderConfig)
	c.Measurement, c.TagFields = "%{Type}", []string{"Hostname", "status"}
	env, _ := feedtest.Env(b, "influx")
	built, err := p.Build(c, env)
	if err != nil {
		b.Fatal(err)
	}
	pack := new(plugin.Pack)
	pack.Reset(new(plugin.Text))
	m := &pack.Message
	m.SetType("nginx.access")
	m.SetHostname("web1.example.com")
	m.SetTimestamp(1_700_000_000_000_000_000)
	m.AddInteger("status", 200, "")
	m.AddInteger("body_bytes_sent", 15123, "B")
	m.AddDouble("request_time", 0.0625, "s")
	m.AddString("request", "GET /index.html HTTP/1.1")
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		if buf, err = built.(plugin.Encoder).Append(buf[:0], pack); err != nil {
			b.Fatal(err)
		}
	}
}
