package whisper

import "math"

// Method makes one value of several. The numbers are those of the file format.
type Method uint32

// The methods.
const (
	Average     Method = 1
	Sum         Method = 2
	Last        Method = 3
	Max         Method = 4
	Min         Method = 5
	AverageZero Method = 6 // unknown values count as 0
	AbsMax      Method = 7
	AbsMin      Method = 8
)

func (m Method) known() bool { return m >= Average && m <= AbsMin }

// of aggregates the known ones of possible values, at least one.
func (m Method) of(known []float64, possible int) float64 {
	v := known[0]
	switch m {
	case Last:
		return known[len(known)-1]
	case Max, Min, AbsMax, AbsMin:
		for _, w := range known[1:] {
			if m.prefers(w, v) {
				v = w
			}
		}
		return v
	}
	for _, w := range known[1:] {
		v += w
	}
	switch m {
	case Average:
		v /= float64(len(known))
	case AverageZero:
		v /= float64(possible)
	}
	return v
}

// prefers reports whether w is to be taken instead of v.
func (m Method) prefers(w, v float64) bool {
	switch m {
	case Max:
		return w > v
	case Min:
		return w < v
	case AbsMax:
		return math.Abs(w) > math.Abs(v)
	}
	return math.Abs(w) < math.Abs(v)
}
