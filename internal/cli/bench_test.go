package cli

import (
	"bytes"
	"io"
	"testing"

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
