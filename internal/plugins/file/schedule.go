package file

import (
	"time"

	"github.com/hekad/heka/internal/strftime"
)

// schedule says when files are rotated and what they are called.
type schedule struct {
	format *strftime.Format
	hours  int
	zone   *time.Location
	next   time.Time // the next boundary
}

// newSchedule begins with the file for the time now.
func newSchedule(path string, hours int, zone *time.Location, now time.Time) *schedule {
	s := &schedule{format: strftime.New(path), hours: hours, zone: zone}
	s.next = s.after(now)
	return s
}

// name is the path of the file that begins at t.
func (s *schedule) name(t time.Time) string { return string(s.format.Append(nil, t.In(s.zone))) }

// after is the first boundary after t: a whole multiple of the interval since
// midnight. Where clocks are put forward or back an interval is shorter or longer.
func (s *schedule) after(t time.Time) time.Time {
	local := t.In(s.zone)
	year, month, day := local.Date()
	for hour := local.Hour() - local.Hour()%s.hours; ; hour += s.hours {
		if b := time.Date(year, month, day, hour, 0, 0, 0, s.zone); b.After(t) {
			return b
		}
	}
}

// due returns the last boundary that has been reached, if there is one, and waits
// for the one after it.
func (s *schedule) due(now time.Time) (boundary time.Time, ok bool) {
	for !s.next.After(now) {
		boundary, ok = s.next, true
		s.next = s.after(s.next)
	}
	return boundary, ok
}
