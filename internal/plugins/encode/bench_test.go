package encode_test

import (
	"testing"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// accessPack is a request of an access log, as its decoder makes it: 12 fields.
func accessPack(timestamp int64) *plugin.Pack {
	p := new(plugin.Pack)
	m := &p.Message
	m.Reset()
	m.SetUUID(message.NewUUIDSource().New())
	m.SetTimestamp(timestamp)
	m.SetType("nginx.access")
	m.SetLogger("TestWebserver")
	m.SetHostname("web1.example.com")
	m.AddField("remote_addr", "ipv4", message.String).AddString("203.0.113.195")
	m.AddString("remote_user", "-")
	m.AddString("request_method", "GET")
	m.AddString("request", "GET /articles/2026/11/an-ordinary-request?page=2&sort=asc HTTP/1.1")
	m.AddDouble("status", 200, "")
	m.AddDouble("body_bytes_sent", 23267, "B")
	m.AddDouble("request_time", 0.127, "s")
	m.AddString("http_referer", "https://www.example.com/articles/index.html")
	m.AddString("http_user_agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36")
	m.AddString("user_agent_browser", "Chrome")
	m.AddDouble("user_agent_version", 142, "")
	m.AddString("user_agent_os", "Linux")
	return p
}

func benchmarkEncoder(b *testing.B, typ string, options map[string]any, p *plugin.Pack) {
	e := mustBuild(b, typ, options)
	buf, err := e.Append(nil, p)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(buf)))
	b.ReportAllocs()
	for b.Loop() {
		if buf, err = e.Append(buf[:0], p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkESJson(b *testing.B) {
	benchmarkEncoder(b, "ESJsonEncoder", nil, accessPack(1136239445000000000))
}

func BenchmarkESJsonTimestamp(b *testing.B) {
	benchmarkEncoder(b, "ESJsonEncoder", map[string]any{"es_index_from_timestamp": true}, accessPack(1136239445000000000))
}

func BenchmarkESJsonIndexOfMessage(b *testing.B) {
	benchmarkEncoder(b, "ESJsonEncoder", map[string]any{
		"index": "%{Type}-%{%Y.%m.%d}", "es_index_from_timestamp": true, "id": "%{UUID}",
	}, accessPack(1136239445000000000))
}

func BenchmarkESJsonRepeated(b *testing.B) {
	p := accessPack(1136239445000000000)
	p.Message.AddString("request", "again")
	benchmarkEncoder(b, "ESJsonEncoder", nil, p)
}

func BenchmarkESLogstash(b *testing.B) {
	benchmarkEncoder(b, "ESLogstashV0Encoder", nil, accessPack(1136239445000000000))
}

func BenchmarkProtobufModified(b *testing.B) {
	benchmarkEncoder(b, "ProtobufEncoder", nil, accessPack(1136239445000000000))
}

func BenchmarkProtobufReceived(b *testing.B) {
	p := accessPack(1136239445000000000)
	if err := p.Message.Parse(p.Message.AppendWire(nil)); err != nil {
		b.Fatal(err)
	}
	benchmarkEncoder(b, "ProtobufEncoder", nil, p)
}

func BenchmarkPayload(b *testing.B) {
	p := accessPack(1136239445000000000)
	p.Message.SetPayload("203.0.113.195 - - GET /articles/2026/11/an-ordinary-request?page=2&sort=asc HTTP/1.1 200 23267")
	benchmarkEncoder(b, "PayloadEncoder", map[string]any{"prefix_ts": true}, p)
}

func BenchmarkRst(b *testing.B) {
	benchmarkEncoder(b, "RstEncoder", nil, accessPack(1136239445000000000))
}
