package decode_test

import (
	"testing"

	"github.com/hekad/heka/plugin"
)

const line = `127.0.0.1 - frank [10/Feb/2014:08:46:41 -0800] "GET /apache_pb.gif HTTP/1.1" 304 2326 "http://www.example.com/start.html" "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:26.0) Gecko/20100101 Firefox/26.0"`

func benchmarkDecoder(b *testing.B, d plugin.Decoder, payload string, fails bool) {
	p := new(plugin.Pack)
	text := new(plugin.Text)
	b.SetBytes(int64(len(payload)))
	b.ReportAllocs()
	for b.Loop() {
		p.Reset(text)
		text.Reset()
		p.Message.SetTimestamp(1000000000)
		p.Message.SetPayload(payload)
		if err := d.Decode(p); (err != nil) != fails {
			b.Fatal(err)
		}
	}
}

func combinedDecoder(b *testing.B, expr string) plugin.Decoder {
	return mustBuild(b, "PayloadRegexDecoder", map[string]any{
		"match_regex": expr, "timestamp_layout": "02/Jan/2006:15:04:05 -0700",
	}, [2]string{"Type", "access"}, [2]string{"remote|ipv4", "%ip%"}, [2]string{"size|B", "%bytes%"},
		[2]string{"status", "%status%"}, [2]string{"summary", "%user% %req%"})
}

func BenchmarkRegexLinear(b *testing.B) {
	benchmarkDecoder(b, combinedDecoder(b, combined), line, false)
}

func BenchmarkRegexEngine(b *testing.B) {
	benchmarkDecoder(b, combinedDecoder(b, combined[1:]), line, false)
}

func BenchmarkRegexNoMatch(b *testing.B) {
	benchmarkDecoder(b, mustBuild(b, "PayloadRegexDecoder", map[string]any{"match_regex": `panic: (.*)`}), line, true)
}

func BenchmarkMulti(b *testing.B) {
	benchmarkDecoder(b, mustBuild(b, "MultiDecoder", map[string]any{"subs": []string{"s", "m"}}), "match", false)
}

func BenchmarkScribble(b *testing.B) {
	benchmarkDecoder(b, mustBuild(b, "ScribbleDecoder", nil, [2]string{"Type", "x"}, [2]string{"env", "live"}), line, false)
}
