package split_test

import (
	"bytes"
	"testing"

	"github.com/hekad/heka/plugin"
)

// benchmarkSplit takes all records off a block of 256 KiB, again and again.
func benchmarkSplit(b *testing.B, s plugin.Splitter, record []byte) {
	data := bytes.Repeat(record, 256<<10/len(record))
	b.SetBytes(int64(len(record)))
	b.ReportAllocs()
	rest := data
	for b.Loop() {
		n, rec := s.Split(rest, false)
		if rec == nil {
			b.Fatal("no record")
		}
		if rest = rest[n:]; len(rest) < 2*len(record) {
			rest = data
		}
	}
}

var accessLine = []byte(`127.0.0.1 - frank [10/Feb/2014:08:46:41 -0800] "GET /apache_pb.gif HTTP/1.1" 304 2326 "http://www.example.com/start.html" "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:26.0) Firefox/26.0"` + "\r\n")

func BenchmarkIndexByte(b *testing.B) {
	benchmarkSplit(b, indexByte{}, accessLine)
}

type indexByte struct{}

func (indexByte) Split(data []byte, _ bool) (int, []byte) {
	n := bytes.IndexByte(data, '\n') + 1
	return n, data[:n]
}

func BenchmarkToken(b *testing.B) {
	benchmarkSplit(b, mustBuild(b, "TokenSplitter", nil), accessLine)
}

func BenchmarkRegexLiteral(b *testing.B) {
	benchmarkSplit(b, mustBuild(b, "RegexSplitter", map[string]any{"delimiter": `(\r\n)`}), accessLine)
}

func BenchmarkRegexCore(b *testing.B) {
	benchmarkSplit(b, mustBuild(b, "RegexSplitter", map[string]any{"delimiter": `\r?\n`}), accessLine)
}

func BenchmarkRegexAny(b *testing.B) {
	benchmarkSplit(b, mustBuild(b, "RegexSplitter", map[string]any{"delimiter": `(?m)$\n`}), accessLine)
}

func BenchmarkGroupingJava(b *testing.B) {
	benchmarkSplit(b, mustBuild(b, "PatternGroupingSplitter", map[string]any{"preset": "java"}), accessLine)
}

func BenchmarkFraming(b *testing.B) {
	benchmarkSplit(b, mustBuild(b, "HekaFramingSplitter", nil), unhex(b, plainHead+messageHex))
}
