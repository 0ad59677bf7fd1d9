package container

import (
	"testing"

	"github.com/hekad/heka/plugin"
)

func BenchmarkDecode(b *testing.B) {
	for _, c := range []struct {
		name, line string
		parse      func(string, *plugin.Text, *line) error
	}{
		{"cri", "2016-10-06T00:17:09.669794202Z stdout F The quick brown fox jumps over the lazy dog, again and again and again\n", parseCRI},
		{"docker", `{"log":"The quick brown fox jumps over the lazy dog, again and again and again\n","stream":"stdout","time":"2016-10-06T00:17:09.669794202Z"}` + "\n", parseDocker},
	} {
		b.Run(c.name, func(b *testing.B) {
			d, err := newDecoder(c.parse, maxJoined, "", new(plugin.Env))
			if err != nil {
				b.Fatal(err)
			}
			p, text := new(plugin.Pack), new(plugin.Text)
			b.SetBytes(int64(len(c.line)))
			b.ReportAllocs()
			for b.Loop() {
				text.Reset()
				p.Reset(text)
				p.Message.SetPayload(c.line)
				if err := d.Decode(p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
