package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/internal/plugins"
	"github.com/hekad/heka/message"
)

// BenchmarkRecords is heka cat --format count without a disk.
func BenchmarkRecords(b *testing.B) {
	data := framed(b, 100_000)
	src := bytes.NewReader(data)
	b.SetBytes(int64(len(data)))
	n := 0
	for b.Loop() {
		src.Reset(data)
		r := newRecords(src, framedRecords, defaultCatMessage, newDiagnosis(io.Discard))
		for r.next() {
			n++
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "msg/s")
}

// BenchmarkRecordsJSON reads JSON lines.
func BenchmarkRecordsJSON(b *testing.B) {
	r := newRecords(bytes.NewReader(framed(b, 10_000)), framedRecords, defaultCatMessage, newDiagnosis(io.Discard))
	var data []byte
	for r.next() {
		data = append(message.AppendJSON(data, r.message), '\n')
	}
	src := bytes.NewReader(data)
	b.SetBytes(int64(len(data)))
	n := 0
	for b.Loop() {
		src.Reset(data)
		r := newRecords(src, jsonRecords, defaultCatMessage, newDiagnosis(io.Discard))
		for r.next() {
			n++
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "msg/s")
}

// BenchmarkCat is heka cat on a file of messages of about 400 bytes with five
// fields, as the command runs it.
func BenchmarkCat(b *testing.B) {
	const n = 100_000
	m := message.New()
	var data []byte
	for i := range n {
		m.Reset()
		m.SetUUID(message.UUID{byte(i), byte(i >> 8)})
		m.SetTimestamp(1_770_710_400_000_000_000 + int64(i)*1_000_000)
		m.SetType([]string{"nginx.access", "app.event", "kernel", "stat.cpu"}[i%4])
		m.SetLogger("access")
		m.SetSeverity(int32(i % 8))
		m.SetPayload(strings.Repeat("search item help ", 7+i%12))
		m.SetPid(int32(1000 + i%30_000))
		m.SetHostname("web1.example.com")
		m.AddInteger("status", int64(200+i%400), "count")
		m.AddInteger("bytes", int64(i), "B")
		m.AddDouble("request_time", float64(i)/7, "s")
		m.AddString("remote_addr", fmt.Sprintf("10.1.%d.%d", i>>8&255, i&255))
		m.AddString("path", "/cart/item")
		var err error
		if data, err = framing.Append(data, m.AppendWire(nil), framing.DefaultMaxBody); err != nil {
			b.Fatal(err)
		}
	}
	path := filepath.Join(b.TempDir(), "messages.hpb")
	if err := os.WriteFile(path, data, 0o644); err != nil {
		b.Fatal(err)
	}
	for _, args := range [][]string{
		{"--format", "count"},
		{"--format", "count", "--match", "Fields[status] >= 400 && Type == 'nginx.access'"},
		{"--format", "json", "--match", "Severity <= 7 && Fields[status] >= 200"},
		{"--format", "heka", "--match", "Fields[status] >= 400"},
	} {
		b.Run(strings.Join(args, " "), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				c := newCat()
				c.SetArgs(append(args, path))
				c.SetOut(io.Discard)
				c.SetErr(io.Discard)
				if err := c.Execute(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "msg/s")
		})
	}
}

// BenchmarkConfigCheck examines a configuration of 100 plugins.
func BenchmarkConfigCheck(b *testing.B) {
	var text strings.Builder
	for i := range 30 {
		fmt.Fprintf(&text, "[in%d]\ntype = \"TcpInput\"\naddress = \"127.0.0.1:%d\"\ndecoder = \"dec%d\"\n", i, 6000+i, i%10)
	}
	for i := range 20 {
		fmt.Fprintf(&text, "[count%d]\ntype = \"CounterFilter\"\nmessage_matcher = \"Type == 't%d' && Severity < %d\"\n", i, i, i%7)
	}
	for i := range 10 {
		fmt.Fprintf(&text, "[dec%d]\ntype = \"AccessLogDecoder\"\nlog_format = \"combined\"\n", i)
	}
	for i := range 40 {
		fmt.Fprintf(&text, "[out%d]\ntype = \"FileOutput\"\nmessage_matcher = \"Type == 'nginx.%d' || Payload =~ /err%d.*x/\"\npath = \"out%d.log\"\nencoder = \"PayloadEncoder\"\n", i, i, i, i)
	}
	path := filepath.Join(b.TempDir(), "heka.toml")
	if err := os.WriteFile(path, []byte(text.String()+"[PayloadEncoder]\n"), 0o644); err != nil {
		b.Fatal(err)
	}
	all := plugins.All()
	for b.Loop() {
		c := newConfigCheck(all)
		c.SetArgs([]string{path})
		c.SetOut(io.Discard)
		if err := c.Execute(); err != nil {
			b.Fatal(err)
		}
	}
}
