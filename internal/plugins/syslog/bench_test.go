package syslog

import (
	"testing"

	"github.com/hekad/heka/plugin"
)

func BenchmarkDecode(b *testing.B) {
	d, err := newDecoder(&decoderConfig{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct{ name, line string }{
		{"modern", `<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog 8710 ID47 - An application event log entry of usual length`},
		{"structured", `<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog 8710 ID47 [exampleSDID@32473 iut="3" eventSource="Application" eventID="1011"] An entry`},
		{"legacy", `<34>Oct 11 22:14:15 mymachine su[123]: 'su root' failed for lonvick on /dev/pts/8`},
	} {
		b.Run(c.name, func(b *testing.B) {
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
