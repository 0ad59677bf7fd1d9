package circbuf

import "math"

// A function of compute. The order is that of functions.
const (
	sumOf = iota
	averageOf
	deviationOf
	minimumOf
	maximumOf
	varianceOf
)

var functions = []string{"sum", "avg", "sd", "min", "max", "variance"}

// each calls f with the values of column c that are not NaN in the rows from one
// to another, both included and in the window.
func (b *Buffer) each(c int, from, to int64, f func(v float64)) {
	i := b.index(from) + c
	for range to - from + 1 {
		if v := b.cells[i]; v == v {
			f(v)
		}
		if i += b.columns; i >= len(b.cells) {
			i -= len(b.cells)
		}
	}
}

// compute returns a function of the values of column c in the rows from one to
// another, and of how many it is.
func (b *Buffer) compute(function, c int, from, to int64) (float64, int) {
	var n int
	var total float64
	least, most := math.Inf(1), math.Inf(-1)
	b.each(c, from, to, func(v float64) {
		n++
		total += v
		least, most = min(least, v), max(most, v)
	})
	switch {
	case function == sumOf:
		return total, n
	case n == 0:
		return math.NaN(), 0
	case function == minimumOf:
		return least, n
	case function == maximumOf:
		return most, n
	}
	average := total / float64(n)
	if function == averageOf {
		return average, n
	}
	var squares float64
	b.each(c, from, to, func(v float64) { squares += (v - average) * (v - average) })
	variance := squares / float64(n)
	if function == deviationOf {
		return math.Sqrt(variance), n
	}
	return variance, n
}
