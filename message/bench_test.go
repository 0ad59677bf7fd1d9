package message_test

import (
	"testing"

	"github.com/hekad/heka/message"
)

// sample is an access log line as a message, about 430 bytes on the wire.
func sample() *message.Message {
	m := message.New()
	m.SetUUID(message.NewUUIDSource().New())
	m.SetTimestamp(1416840893000000000)
	m.SetType("nginx.access")
	m.SetLogger("web-frontend")
	m.SetSeverity(6)
	m.SetPayload("GET /static/css/site.css HTTP/1.1 served from the cache after a conditional request, nothing else to say here that would be of interest to anybody who reads it but it fills up the record to its size")
	m.SetEnvVersion("1")
	m.SetPid(4711)
	m.SetHostname("web1.example.com")
	m.AddInteger("status", 200, "count")
	m.AddInteger("bytes", 48213, "B")
	m.AddString("remote_addr", "192.168.17.4")
	m.AddDouble("request_time", 0.0123, "s")
	m.AddString("request", "/static/css/site.css")
	return m
}

// sampleArrays has an array of every type, one of them longer than 127 bytes.
func sampleArrays() *message.Message {
	m := message.New()
	m.SetType("arrays")
	f := m.AddField("strings", "", message.String)
	for range 20 {
		f.AddString("text of a value")
	}
	f = m.AddField("bytes", "raw", message.Bytes)
	f.AddBytes([]byte("ab"))
	f.AddBytes([]byte{0, 0xff})
	f = m.AddField("integers", "count", message.Integer)
	for i := range 100 {
		f.AddInteger(int64(i) << i)
	}
	f = m.AddField("doubles", "s", message.Double)
	f.AddDouble(1.5)
	f.AddDouble(-2e30)
	f = m.AddField("bools", "", message.Bool)
	f.AddBool(true)
	f.AddBool(false)
	m.AddField("none", "", message.Double)
	return m
}

func BenchmarkParse(b *testing.B) {
	wire := sample().AppendWire(nil)
	m := message.New()
	b.SetBytes(int64(len(wire)))
	b.ReportAllocs()
	for b.Loop() {
		if err := m.Parse(wire); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendWire(b *testing.B) {
	m := sample()
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = m.AppendWire(dst[:0])
	}
	b.SetBytes(int64(len(dst)))
}

func BenchmarkForwardWire(b *testing.B) {
	m := message.New()
	if err := m.Parse(sample().AppendWire(nil)); err != nil {
		b.Fatal(err)
	}
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = m.AppendWire(dst[:0])
	}
}

func BenchmarkCopyFrom(b *testing.B) {
	m, c := sample(), message.New()
	b.ReportAllocs()
	for b.Loop() {
		c.CopyFrom(m)
	}
}

func BenchmarkUUID(b *testing.B) {
	s := message.NewUUIDSource()
	for b.Loop() {
		s.New()
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	m := sample()
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = message.AppendJSON(dst[:0], m)
	}
	b.SetBytes(int64(len(dst)))
}

func BenchmarkParseJSON(b *testing.B) {
	text := message.AppendJSON(nil, sample())
	m := message.New()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if err := m.ParseJSON(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendRST(b *testing.B) {
	m := sample()
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = message.AppendRST(dst[:0], m)
	}
	b.SetBytes(int64(len(dst)))
}

func BenchmarkTemplate(b *testing.B) {
	t := message.NewTemplate(pairs(
		"Type", "access",
		"remote|ipv4", "%ip%",
		"size|B", "%bytes%",
		"status", "%status%",
		"summary", "%user% %req%",
	), []string{"ip", "user", "req", "status", "bytes"})
	captures := []string{"10.1.2.3", "-", "GET / HTTP/1.1", "200", "48213"}
	m := message.New()
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		m.Reset()
		var err error
		if buf, err = t.Apply(m, captures, buf[:0]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTimeParser(b *testing.B) {
	const now = 1416840893000000000
	for _, c := range []struct{ name, layout, text string }{
		{"Apache", "02/Jan/2006:15:04:05 -0700", "18/Apr/2013:14:00:28 -0700"},
		{"RFC3339", "RFC3339", "2014-02-10T08:33:15.407935-08:00"},
		{"Syslog", "Stamp", "Nov 24 14:54:53"},
		{"Epoch", "Epoch", "1414448234.638504391"},
		{"Fallback", "", "2014-02-10T08:33:15.407935Z"},
	} {
		b.Run(c.name, func(b *testing.B) {
			p := message.NewTimeParser(c.layout, nil)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Parse(c.text, now); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
