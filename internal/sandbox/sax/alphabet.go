package sax

import "math"

const (
	maxLetters = 16
	unknown    = '#' // the letter of a frame without a value
)

// quantile returns the value below which k of c parts of the standard normal
// distribution lie.
func quantile(k, c int) float64 {
	return math.Sqrt2 * math.Erfinv(2*float64(k)/float64(c)-1)
}

// breakpoints returns where the letters of an alphabet of c begin, but the first,
// cut to 3 decimals.
func breakpoints(c int) []float64 {
	b := make([]float64, c-1)
	for i := range b {
		b[i] = math.Trunc(quantile(i+1, c)*1000) / 1000
	}
	return b
}

// letter returns the letter of a value relative to mean and deviation.
func letter(v float64, breakpoints []float64) byte {
	if v != v {
		return unknown
	}
	l := byte('A')
	for _, b := range breakpoints {
		if b <= v {
			l++
		}
	}
	return l
}

// appendWord appends the word of values, each letter for as many of them.
func appendWord(dst []byte, values []float64, frame int, breakpoints []float64) []byte {
	mean, deviation := moments(values)
	for len(values) > 0 {
		sum, k := 0.0, 0.0
		for _, v := range values[:frame] {
			if v == v {
				sum += v
				k++
			}
		}
		values = values[frame:]
		switch {
		case k == 0:
			sum = math.NaN()
		case math.IsInf(sum, 0):
		case deviation < 0.01:
			sum *= 0 // NaN stays
		default:
			sum = (sum - k*mean) / (k * deviation)
		}
		dst = append(dst, letter(sum, breakpoints))
	}
	return dst
}

// moments returns the mean and the deviation of the finite values.
func moments(values []float64) (mean, deviation float64) {
	finite := func(v float64) bool { return v-v == 0 }
	k := 0.0
	for _, v := range values {
		if finite(v) {
			mean += v
			k++
		}
	}
	if k == 0 {
		return 0, 0
	}
	mean /= k
	for _, v := range values {
		if finite(v) {
			deviation += (v - mean) * (v - mean)
		}
	}
	return mean, math.Sqrt(deviation / k)
}

// distance returns the distances of two words of equal length over an alphabet of
// c letters, without the factor for the values of a letter: of all places, of those
// where a is above b, and of those where it is below.
func distance(a, b string, c int) (all, above, below float64) {
	var q [maxLetters]float64
	for k := 1; k < c; k++ {
		q[k] = quantile(k, c)
	}
	for i := range len(a) {
		if a[i] == b[i] {
			continue
		}
		x, y := number(a[i], b[i], c), number(b[i], a[i], c)
		lower, upper := min(x, y), max(x, y)
		if upper-lower <= 1 {
			continue
		}
		d := math.Round((q[upper]-q[lower+1])*1000) / 1000
		if all += d * d; x > y {
			above += d * d
		} else {
			below += d * d
		}
	}
	return math.Sqrt(all), math.Sqrt(above), math.Sqrt(below)
}

// number returns the number of a letter, from 0. An unknown one is the end of the
// alphabet that is farther from the other letter, in doubt the upper.
func number(letter, other byte, c int) int {
	if letter != unknown {
		return int(letter - 'A')
	}
	if 2*int(other-'A') > c-1 {
		return 0
	}
	return c - 1
}
