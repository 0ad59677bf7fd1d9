package flood

import "math"

// share picks a percentage of all messages, evenly spread: the next one is
// picked whenever the whole number of those due has grown.
type share struct {
	percent float64
	picked  float64
}

// take reports whether message number n, from 0, is picked. It is asked for each
// number, in order.
func (s *share) take(n uint64) bool {
	if s.percent <= 0 {
		return false
	}
	due := math.Floor(float64(n+1) * s.percent / 100)
	if due <= s.picked {
		return false
	}
	s.picked = due
	return true
}
