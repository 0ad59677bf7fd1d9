package circbuf

import (
	"math"
	"strconv"
)

// AppendOutput appends the buffer in the format that the script chose. A cbufd
// empties the record of changes. When dst grows beyond limit bytes, which is
// unlimited if it is not above 0, the text ends early and the record stays.
func (b *Buffer) AppendOutput(dst []byte, limit int) []byte {
	if limit <= 0 {
		limit = math.MaxInt
	}
	if b.delta {
		return b.appendChanges(dst, limit)
	}
	dst = b.appendHeader(dst, limit)
	for row := b.oldest(); row <= b.newest && len(dst) <= limit; row++ {
		i := b.slotOf(row)
		for c, v := range b.cells[i : i+b.columns] {
			if c > 0 {
				dst = append(dst, '\t')
			}
			if dst = appendNumber(dst, v); len(dst) > limit {
				return dst
			}
		}
		dst = append(dst, '\n')
	}
	return dst
}

// slotOf returns where the first cell of a row of the window is stored. Other than
// index it knows the rows before 1970, which a restored window may have.
func (b *Buffer) slotOf(row int64) int {
	slot := b.slot - int(b.newest-row)
	if slot < 0 {
		slot += b.rows
	}
	return slot * b.columns
}

func (b *Buffer) appendChanges(dst []byte, limit int) []byte {
	if b.changes == nil {
		return dst
	}
	begun := false
	for row := b.oldest(); row <= b.newest && len(dst) <= limit; row++ {
		i := b.slotOf(row)
		if !b.changed(i) {
			continue
		}
		if !begun {
			dst, begun = b.appendHeader(dst, limit), true
		}
		dst = strconv.AppendInt(dst, row*b.span, 10)
		for _, v := range b.changes[i : i+b.columns] {
			if dst = appendNumber(append(dst, '\t'), v); len(dst) > limit {
				return dst
			}
		}
		dst = append(dst, '\n')
	}
	if begun && len(dst) <= limit {
		fill(b.changes, unchanged)
	}
	return dst
}

func (b *Buffer) appendHeader(dst []byte, limit int) []byte {
	dst = append(dst, `{"time":`...)
	dst = strconv.AppendInt(dst, b.oldest()*b.span, 10)
	dst = append(dst, `,"rows":`...)
	dst = strconv.AppendInt(dst, int64(b.rows), 10)
	dst = append(dst, `,"columns":`...)
	dst = strconv.AppendInt(dst, int64(b.columns), 10)
	dst = append(dst, `,"seconds_per_row":`...)
	dst = strconv.AppendInt(dst, b.span, 10)
	dst = append(dst, `,"column_info":[`...)
	for i, h := range b.heads {
		if len(dst) > limit {
			return dst
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"name":"`...)
		dst = append(dst, h.name...)
		dst = append(dst, `","unit":"`...)
		dst = append(dst, h.unit...)
		dst = append(dst, `","aggregation":"`...)
		dst = append(dst, aggregations[h.aggregation]...)
		dst = append(dst, `"}`...)
	}
	return append(dst, "]}\n"...)
}

// appendNumber appends v in the form of payloads: at most 8 decimals below 2³¹;
// above integers in full as long as they have 63 bits, else 17 significant digits.
func appendNumber(dst []byte, v float64) []byte {
	switch {
	case v != v:
		return append(dst, "nan"...)
	case math.IsInf(v, 1):
		return append(dst, "inf"...)
	case math.IsInf(v, -1):
		return append(dst, "-inf"...)
	case math.Abs(v) > math.MaxInt32:
		if math.Abs(v) < 1<<63 && v == math.Trunc(v) {
			return strconv.AppendInt(dst, int64(v), 10)
		}
		return strconv.AppendFloat(dst, v, 'g', 17, 64)
	}
	if v < 0 {
		dst = append(dst, '-')
		v = -v
	}
	whole := int64(v)
	scaled := (v - float64(whole)) * 1e8
	decimals := int64(scaled)
	if rest := scaled - float64(decimals); rest > 0.5 || rest == 0.5 && (decimals%2 == 1 || decimals == 0) {
		decimals++
	}
	if decimals >= 1e8 {
		whole, decimals = whole+1, 0
	}
	dst = strconv.AppendInt(dst, whole, 10)
	if decimals == 0 {
		return dst
	}
	digits := [9]byte{'.'}
	last := 0
	for i := 8; i > 0; i-- {
		digits[i] = '0' + byte(decimals%10)
		decimals /= 10
		if last == 0 && digits[i] != '0' {
			last = i
		}
	}
	return append(dst, digits[:last+1]...)
}
