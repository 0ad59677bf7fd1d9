package circbuf

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/hekad/heka/internal/sandbox/luaarg"
)

// AppendPreserved appends Lua code that makes the buffer again in the variable,
// which is the path to it, such as _G["x"]["y"].
func (b *Buffer) AppendPreserved(dst []byte, variable string) []byte {
	dst = fmt.Appendf(dst, "if %s == nil then %s = circular_buffer.new(%d, %d, %d", variable, variable, b.rows, b.columns, b.span)
	if b.changes != nil {
		dst = append(dst, ", true"...)
	}
	dst = append(dst, ") end\n"...)
	for i, h := range b.heads {
		dst = fmt.Appendf(dst, "%s:set_header(%d, \"%s\", \"%s\", \"%s\")\n", variable, i+1, h.name, h.unit, aggregations[h.aggregation])
	}
	dst = fmt.Appendf(dst, "%s:fromstring(\"%d %d", variable, b.newest*b.span, b.slot)
	for _, v := range b.cells {
		dst = appendExact(append(dst, ' '), v)
	}
	if b.changes != nil {
		dst = b.appendRecord(dst)
	}
	return append(dst, "\")\n"...)
}

// appendRecord appends the time and the changes of each row that has some.
func (b *Buffer) appendRecord(dst []byte) []byte {
	for row := b.oldest(); row <= b.newest; row++ {
		i := b.slotOf(row)
		if !b.changed(i) {
			continue
		}
		dst = strconv.AppendInt(append(dst, ' '), row*b.span, 10)
		for _, v := range b.changes[i : i+b.columns] {
			switch {
			case isUnchanged(v):
				dst = append(dst, " 0"...)
			case v == 0:
				dst = append(dst, " -0"...)
			default:
				dst = appendExact(append(dst, ' '), v)
			}
		}
	}
	return dst
}

// appendExact appends v so that reading gives the same number.
func appendExact(dst []byte, v float64) []byte {
	const exactIntegers = 1 << 53
	switch {
	case v != v:
		return append(dst, "nan"...)
	case math.IsInf(v, 1):
		return append(dst, "inf"...)
	case math.IsInf(v, -1):
		return append(dst, "-inf"...)
	case v == math.Trunc(v) && math.Abs(v) < exactIntegers && (v != 0 || !math.Signbit(v)):
		return strconv.AppendInt(dst, int64(v), 10)
	}
	return strconv.AppendFloat(dst, v, 'g', -1, 64)
}

// restore takes over the state of a text that AppendPreserved or Heka 0.10 wrote.
// The buffer stays as it is if the text is wrong.
func (b *Buffer) restore(text string) error {
	w := words{text}
	seconds, ok1 := w.integer()
	slot, ok2 := w.integer()
	if !ok1 || !ok2 {
		return b.tooFew(0)
	}
	if seconds < 0 || seconds >= lastTime/1e9 {
		return errors.New("fromstring() time is out of range")
	}
	if slot < 0 || slot >= int64(b.rows) {
		return errors.New("fromstring() row is out of range")
	}
	n := *b
	n.newest = seconds / b.span
	n.slot = int(n.newest % int64(b.rows))
	n.cells = make([]float64, len(b.cells))
	// The text was written with the newest row in its own slot. If seconds_per_row
	// is another now, the newest row is in another slot, and all others with it.
	shift := (n.slot - int(slot)) * b.columns
	for i := range n.cells {
		v, ok := w.number()
		if !ok {
			return b.tooFew(i)
		}
		at := i + shift
		if at < 0 {
			at += len(n.cells)
		} else if at >= len(n.cells) {
			at -= len(n.cells)
		}
		n.cells[at] = v
	}
	if b.changes == nil {
		if !w.empty() {
			return fmt.Errorf("fromstring() too many values, more than: %d", len(b.cells))
		}
	} else if err := n.restoreRecord(&w); err != nil {
		return err
	}
	*b = n
	return nil
}

func (b *Buffer) tooFew(n int) error {
	return fmt.Errorf("fromstring() too few values: %d, expected %d", n, len(b.cells))
}

// restoreRecord takes over the changes in the rest of a text. Rows that the window
// does not hold are dropped.
func (b *Buffer) restoreRecord(w *words) error {
	b.changes = make([]float64, len(b.cells))
	fill(b.changes, unchanged)
	for !w.empty() {
		seconds, ok := w.number()
		if !ok || !(seconds < lastTime/1e9) {
			return errors.New("fromstring() invalid delta")
		}
		i := b.index(b.rowOf(seconds * 1e9))
		for c := range b.columns {
			v, ok := w.number()
			if !ok {
				return errors.New("fromstring() invalid delta")
			}
			if absent := v == 0 && !math.Signbit(v); i >= 0 && !absent {
				b.record(i+c, v+0) // -0 becomes 0
			}
		}
	}
	return nil
}

// words are the rest of a text whose parts stand between white space.
type words struct{ rest string }

const space = " \t\n\v\f\r"

func (w *words) empty() bool {
	w.rest = strings.TrimLeft(w.rest, space)
	return w.rest == ""
}

func (w *words) next() string {
	if w.empty() {
		return ""
	}
	n := strings.IndexAny(w.rest, space)
	if n < 0 {
		n = len(w.rest)
	}
	word := w.rest[:n]
	w.rest = w.rest[n:]
	return word
}

func (w *words) integer() (int64, bool) {
	n, err := strconv.ParseInt(w.next(), 10, 64)
	return n, err == nil
}

func (w *words) number() (float64, bool) { return luaarg.ParseNumber(w.next()) }
