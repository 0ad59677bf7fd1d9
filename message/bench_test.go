package message

import "testing"

func sample() *Message {
	m := New()
	m.SetUUID(NewUUIDSource().New())
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

func BenchmarkParse(b *testing.B) {
	wire := sample().AppendWire(nil)
	m := New()
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
	m := New()
	if err := m.Parse(sample().AppendWire(nil)); err != nil {
		b.Fatal(err)
	}
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = m.AppendWire(dst[:0])
	}
}

func BenchmarkUUID(b *testing.B) {
	s := NewUUIDSource()
	for b.Loop() {
		s.New()
	}
}
