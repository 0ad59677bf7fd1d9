package whisper

import (
	"cmp"
	"slices"
)

// Update stores points, of which it may change the order. Of several in one
// interval of the finest archive that reaches back to them the latest stays, of
// equal ones the last. refused is how many were in the future or older than the
// longest retention. After an error the same update may be tried again.
func (f *File) Update(points []Point, now uint32) (refused int, err error) {
	all := len(points)
	points = slices.DeleteFunc(points, func(p Point) bool {
		return p.Time == 0 || p.Time > now || int64(now-p.Time) >= f.reach
	})
	refused = all - len(points)
	slices.SortStableFunc(points, func(a, b Point) int { return cmp.Compare(a.Time, b.Time) })
	// The newest go into the first archive, older ones into those behind it.
	for i := 0; i < len(f.archives) && len(points) > 0; i++ {
		reach := f.archives[i].retention()
		first, _ := slices.BinarySearchFunc(points, int64(now)-reach, func(p Point, t int64) int {
			return cmp.Compare(int64(p.Time), t)
		})
		if err := f.store(i, points[first:]); err != nil {
			return refused, err
		}
		points = points[:first]
	}
	return refused, nil
}

// store puts points, in the order of time, into archive i and their aggregates into
// the coarser ones.
func (f *File) store(i int, points []Point) error {
	if len(points) == 0 {
		return nil
	}
	a := &f.archives[i]
	times, err := f.put(a, points)
	if err != nil {
		return err
	}
	for ; i+1 < len(f.archives); i++ {
		times, err = f.propagate(&f.archives[i], &f.archives[i+1], times)
		if err != nil || len(times) == 0 {
			return err
		}
	}
	return nil
}

// put writes points into one archive, those that follow one another together, and
// returns their times.
func (f *File) put(a *archive, points []Point) (times []uint32, err error) {
	base, err := f.base(a)
	if err != nil {
		return nil, err
	}
	var run []byte // of neighbours
	for n, p := range points {
		p.Time -= p.Time % a.Step
		if n+1 < len(points) && points[n+1].Time-points[n+1].Time%a.Step == p.Time || p.Time == 0 {
			continue
		}
		if base == 0 {
			base = p.Time
		}
		if len(times) > 0 && (times[len(times)-1]+a.Step != p.Time || int64(len(run)) >= a.bytes()) {
			if err := f.putRun(a, base, times, run); err != nil {
				return nil, err
			}
			run = run[:0]
		}
		times = append(times, p.Time)
		run = appendPoint(run, p)
	}
	if len(run) == 0 {
		return times, nil
	}
	return times, f.putRun(a, base, times, run)
}

// putRun writes the neighbours that end with the last of times.
func (f *File) putRun(a *archive, base uint32, times []uint32, run []byte) error {
	first := times[len(times)-len(run)/pointSize]
	return f.writePoints(a, a.slot(first, base), run)
}

// propagate aggregates the intervals of the coarse archive around times of the fine
// one, and returns those that were stored.
func (f *File) propagate(fine, coarse *archive, times []uint32) (stored []uint32, err error) {
	last := uint32(0)
	for n, t := range times {
		t -= t % coarse.Step
		if n > 0 && t == last || t == 0 {
			continue
		}
		last = t
		v, ok, err := f.aggregate(fine, coarse, t)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if _, err := f.put(coarse, []Point{{t, v}}); err != nil {
			return nil, err
		}
		stored = append(stored, t)
	}
	return stored, nil
}

// aggregate makes one value of the fine archive's points from start on, if enough of
// them are known.
func (f *File) aggregate(fine, coarse *archive, start uint32) (v float64, ok bool, err error) {
	base, err := f.base(fine)
	if err != nil {
		return 0, false, err
	}
	slot := int64(0)
	if base != 0 {
		slot = fine.slot(start, base)
	}
	possible := min(int64(coarse.Step/fine.Step), int64(fine.Points))
	b, err := f.readPoints(fine, slot, possible)
	if err != nil {
		return 0, false, err
	}
	f.known = f.known[:0]
	for i := range int(possible) {
		if p := pointAt(b, i); p.Time == start+uint32(i)*fine.Step {
			f.known = append(f.known, p.Value)
		}
	}
	if len(f.known) == 0 || float64(len(f.known))/float64(possible) < f.factor {
		return 0, false, nil
	}
	return f.method.of(f.known, int(possible)), true, nil
}
