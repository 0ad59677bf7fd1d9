package sax

import (
	"fmt"
	"math"
	"strconv"
)

const (
	maxValues = 4096
	maxFrames = 2048
)

// A Word is a word over an alphabet. It does not change.
type Word struct {
	text string
	n    int // values that the word stands for, 0 if unknown
	c    int // letters of the alphabet
}

// fixed is what a word or window takes beside its letters or values, in bytes.
const fixed = 160

// Size returns the bytes that the word takes.
func (w *Word) Size() int { return fixed + len(w.text) }

func (w *Word) word() *Word { return w }

// AppendOutput appends the text of the word, which is at most 2048 letters whatever
// the limit.
func (w *Word) AppendOutput(dst []byte, _ int) []byte { return append(dst, w.text...) }

// AppendPreserved appends Lua code that makes the word again in the variable, which
// is the path to it, such as _G["x"]["y"].
func (w *Word) AppendPreserved(dst []byte, variable string) []byte {
	return fmt.Appendf(dst, "if %s == nil then %s = sax.word.new(\"%s\", %d) end\n", variable, variable, w.text, w.c)
}

// A Window holds the last values of a series. It belongs to one Lua state.
type Window struct {
	n, w, c     int
	breakpoints []float64
	values      []float64 // the oldest at next
	next        int
	current     *Word // nil if the values have changed since
}

func newWindow(n, w, c int) *Window {
	win := &Window{n: n, w: w, c: c, breakpoints: breakpoints(c), values: make([]float64, n)}
	win.clear()
	return win
}

// windowSize returns the bytes that a window of n values takes.
func windowSize(n int) int { return 2*fixed + 8*(n+maxLetters) }

// Size returns the bytes that the window takes.
func (w *Window) Size() int { return windowSize(w.n) + w.w }

func (w *Window) clear() {
	for i := range w.values {
		w.values[i] = math.NaN()
	}
	w.next, w.current = 0, nil
}

// add adds a value; the oldest goes.
//
// hot: once per value.
func (w *Window) add(v float64) {
	w.values[w.next] = v
	if w.next++; w.next == w.n {
		w.next = 0
	}
	w.current = nil
}

// ordered returns the values, the oldest first.
func (w *Window) ordered() []float64 {
	return append(append(make([]float64, 0, w.n), w.values[w.next:]...), w.values[:w.next]...)
}

func (w *Window) word() *Word {
	if w.current == nil {
		text := appendWord(make([]byte, 0, w.w), w.ordered(), w.n/w.w, w.breakpoints)
		w.current = &Word{string(text), w.n, w.c}
	}
	return w.current
}

// AppendOutput appends the word of the window, which is at most 2048 letters
// whatever the limit.
func (w *Window) AppendOutput(dst []byte, limit int) []byte {
	return w.word().AppendOutput(dst, limit)
}

// AppendPreserved appends Lua code that makes the window again in the variable,
// which is the path to it, such as _G["x"]["y"].
func (w *Window) AppendPreserved(dst []byte, variable string) []byte {
	dst = fmt.Appendf(dst, "if %s == nil then %s = sax.window.new(%d, %d, %d) end\n", variable, variable, w.n, w.w, w.c)
	values := w.ordered()
	for len(values) > 0 && values[0] != values[0] {
		values = values[1:]
	}
	if len(values) == 0 {
		return dst
	}
	dst = fmt.Appendf(dst, "%s:clear()\n%s:add({", variable, variable)
	for i, v := range values {
		if i > 0 {
			dst = append(dst, ',')
		}
		switch {
		case v != v:
			dst = append(dst, "0/0"...)
		case math.IsInf(v, 1):
			dst = append(dst, "1/0"...)
		case math.IsInf(v, -1):
			dst = append(dst, "-1/0"...)
		default:
			dst = strconv.AppendFloat(dst, v, 'g', -1, 64)
		}
	}
	return append(dst, "})\n"...)
}
