package pipeline

import (
	"math"
	"testing"
	"time"
)

func TestClassesAreInOrderAndComplete(t *testing.T) {
	for i := range classes - 1 {
		end := classEnd(i)
		if class(end-1) != i || class(end) != i+1 {
			t.Errorf("class %d ends at %d, but %d is in %d and %d in %d", i, end, end-1, class(end-1), end, class(end))
		}
	}
	if class(math.MaxInt64) != classes-1 || class(-1) != 0 {
		t.Error("durations without measure have no class")
	}
}

func TestQuantiles(t *testing.T) {
	var d Durations
	var before, after Tally
	d.read(&before)
	if before.Quantile(0.5) != 0 {
		t.Error("a quantile of nothing")
	}
	for i := range 1000 {
		d.add(time.Duration(i) * time.Microsecond)
	}
	d.read(&after)
	for q, want := range map[float64]time.Duration{0.5: 500 * time.Microsecond, 0.95: 950 * time.Microsecond, 0.99: 990 * time.Microsecond, 1: 999 * time.Microsecond} {
		if got := after.Quantile(q); math.Abs(float64(got-want)) > float64(want)/8 {
			t.Errorf("%v: %v, want %v", q, got, want)
		}
	}
	if n := after.Below(1 << 18); n < 240 || n > 263 { // 262 µs
		t.Errorf("%d are below", n)
	}
	for range 10 {
		d.add(time.Second)
	}
	var last Tally
	d.read(&last)
	late := last.Since(&after)
	if late.Count != 10 || late.Sum != 10*time.Second || late.Quantile(0) < 900*time.Millisecond {
		t.Errorf("%d %v %v", late.Count, late.Sum, late.Quantile(0))
	}
	if anew := before.Since(&last); anew.Count != 0 {
		t.Error("a counter that fell belongs to a plugin that was started anew")
	}
}

func FuzzClass(f *testing.F) {
	f.Add(int64(1), int64(2))
	f.Fuzz(func(t *testing.T, a, b int64) {
		if a > b {
			a, b = b, a
		}
		if class(a) > class(b) {
			t.Errorf("%d is in class %d, but %d in %d", a, class(a), b, class(b))
		}
		if a > 0 && class(a) < classes-1 && classEnd(class(a)) <= a {
			t.Errorf("class %d of %d ends at %d", class(a), a, classEnd(class(a)))
		}
	})
}
