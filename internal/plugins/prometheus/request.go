package prometheus

import (
	"cmp"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// The remote write request, version 1:
//
//	message WriteRequest { repeated TimeSeries timeseries = 1; }
//	message TimeSeries   { repeated Label labels = 1; repeated Sample samples = 2; }
//	message Label        { string name = 1; string value = 2; }
//	message Sample       { double value = 1; int64 timestamp = 2; }

// appendRequest appends the request with all series, the points of each in the order
// of time.
func appendRequest(dst []byte, all []*series) []byte {
	var body, part []byte
	for _, s := range all {
		slices.SortStableFunc(s.points, func(a, b point) int { return cmp.Compare(a.millis, b.millis) })
		body = body[:0]
		for _, l := range s.labels {
			part = appendString(part[:0], 1, l.name)
			part = appendString(part, 2, l.value)
			body = protowire.AppendBytes(protowire.AppendTag(body, 1, protowire.BytesType), part)
		}
		for _, p := range s.points {
			part = protowire.AppendTag(part[:0], 1, protowire.Fixed64Type)
			part = protowire.AppendFixed64(part, math.Float64bits(p.value))
			part = protowire.AppendTag(part, 2, protowire.VarintType)
			part = protowire.AppendVarint(part, uint64(p.millis))
			body = protowire.AppendBytes(protowire.AppendTag(body, 2, protowire.BytesType), part)
		}
		dst = protowire.AppendBytes(protowire.AppendTag(dst, 1, protowire.BytesType), body)
	}
	return dst
}

func appendString(dst []byte, field protowire.Number, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(dst, field, protowire.BytesType), s)
}
