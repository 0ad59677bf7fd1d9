package structured

import (
	"testing"

	"github.com/hekad/heka/plugin"
)

func BenchmarkDecode(b *testing.B) {
	n, err := newNames(&naming{Headers: map[string]string{"Timestamp": "time", "Severity": "level", "Payload": "msg"}})
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name, line string
		decoder    plugin.Decoder
	}{
		{"json", `{"time":"2026-01-02T03:04:05.678Z","level":"info","msg":"request served","method":"GET","path":"/a/b","status":200,"took":0.0123}`, &jsonDecoder{n, 16}},
		{"logfmt", `time=2026-01-02T03:04:05.678Z level=info msg="request served" method=GET path=/a/b status=200 took=0.0123`, &logfmtDecoder{n}},
		{"csv", `2026-01-02T03:04:05.678Z,info,"request served",GET,/a/b,200,0.0123`,
			&csvDecoder{config: &csvConfig{Columns: []string{"time", "level", "msg", "method", "path", "status", "took"}, Delimiter: ","}, names: n}},
	} {
		b.Run(c.name, func(b *testing.B) {
			p, text := new(plugin.Pack), new(plugin.Text)
			b.SetBytes(int64(len(c.line)))
			b.ReportAllocs()
			for b.Loop() {
				text.Reset()
				p.Reset(text)
				p.Message.SetPayload(c.line)
				if err := c.decoder.Decode(p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
