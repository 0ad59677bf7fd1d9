package circbuf

import (
	"cmp"
	"math"
	"slices"
)

// A span of rows, both ends included.
type rowRange struct{ from, to int64 }

func (r rowRange) len() int { return int(r.to - r.from + 1) }

// sample is a value of one of two ranges.
type sample struct {
	v     float64
	first bool
}

// rankSum is the test of Mann, Whitney and Wilcoxon on two ranges of rows of
// column c. It returns U of the first range and the one-sided p. NaN is the lowest
// value. ok is false if all values are equal, which leaves nothing to rank.
func (b *Buffer) rankSum(c int, first, second rowRange, continuity bool) (u, p float64, ok bool) {
	samples := make([]sample, 0, first.len()+second.len())
	for _, r := range []rowRange{first, second} {
		i := b.index(r.from) + c
		for range r.len() {
			samples = append(samples, sample{b.cells[i], r == first})
			if i += b.columns; i >= len(b.cells) {
				i -= len(b.cells)
			}
		}
	}
	slices.SortFunc(samples, func(x, y sample) int { return cmp.Compare(x.v, y.v) })

	var ranks, ties float64 // ranks of the first range; sum of t³−t over equal values
	for i := 0; i < len(samples); {
		j := i + 1
		for j < len(samples) && cmp.Compare(samples[i].v, samples[j].v) == 0 {
			j++
		}
		t := float64(j - i)
		ties += t*t*t - t
		rank := float64(i+1+j) / 2 // the mean of i+1 … j
		for ; i < j; i++ {
			if samples[i].first {
				ranks += rank
			}
		}
	}
	n, n1, n2 := float64(len(samples)), float64(first.len()), float64(second.len())
	correction := 1 - ties/(n*n*n-n)
	if correction <= 0 {
		return 0, 0, false
	}
	u = ranks - n1*(n1+1)/2
	distance := max(u, n1*n2-u) - n1*n2/2
	if continuity {
		distance -= 0.5
	}
	sigma := math.Sqrt(correction * n1 * n2 * (n1 + n2 + 1) / 12)
	return u, normal(-math.Abs(distance / sigma)), true
}

// normal is the standard normal distribution function. In the middle erf is the
// exact one of the two functions, at the ends erfc.
func normal(a float64) float64 {
	x := a / math.Sqrt2
	if math.Abs(x) < 1/math.Sqrt2 {
		return 0.5 + 0.5*math.Erf(x)
	}
	if p := 0.5 * math.Erfc(math.Abs(x)); a <= 0 {
		return p
	} else {
		return 1 - p
	}
}
