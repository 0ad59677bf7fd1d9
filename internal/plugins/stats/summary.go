package stats

import (
	"math"
	"slices"
)

// summary is what is said about the values of a timer.
type summary struct {
	count                   int
	lower, upper, sum, mean float64
}

// summarise sorts the values, of which sums then gives partial sums.
func summarise(values []float64) summary {
	if len(values) == 0 {
		return summary{}
	}
	slices.Sort(values)
	s := summary{count: len(values), lower: values[0], upper: values[len(values)-1]}
	for _, v := range values {
		s.sum += v
	}
	s.mean = s.sum / float64(s.count)
	return s
}

// below returns the mean and the highest of the sorted values without the
// (100-percent)/100 highest ones.
func (s *summary) below(percent int, values []float64) (mean, upper float64) {
	n := float64(s.count)
	left := s.count - int(math.Floor(float64(100-percent)/100*n+0.5))
	if left <= 0 {
		return s.lower, s.upper
	}
	sum := s.sum
	if left < s.count {
		sum = 0
		for _, v := range values[:left] {
			sum += v
		}
	}
	return sum / float64(left), values[left-1]
}
