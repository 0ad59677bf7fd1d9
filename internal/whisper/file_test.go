package whisper

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const now = 1_700_000_000

func create(t testing.TB, l Layout) (*File, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.wsp")
	f, err := Create(path, 0o600, l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, path
}

func update(t testing.TB, f *File, points ...Point) (refused int) {
	t.Helper()
	refused, err := f.Update(points, now)
	if err != nil {
		t.Fatal(err)
	}
	return refused
}

// holds returns the points of an archive by their slots: "0:1700000000=1.5 …".
func holds(t testing.TB, f *File, i int) string {
	t.Helper()
	a := &f.archives[i]
	b, err := f.readPoints(a, 0, int64(a.Points))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for slot := range int(a.Points) {
		if p := pointAt(b, slot); p.Time != 0 {
			all = append(all, fmt.Sprintf("%d:%d=%g", slot, int64(p.Time)-now, p.Value))
		}
	}
	return strings.Join(all, " ")
}

func TestANewFile(t *testing.T) {
	_, path := create(t, Layout{Archives: []Archive{{10, 60}, {60, 8 + 4}}, Method: Sum, XFilesFactor: 0.1})
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := "00000002" + "000002d0" + "3dcccccd" + "00000002" + // sum, 720 s, 0.1, two archives
		"00000028" + "0000000a" + "0000003c" + "000002f8" + "0000003c" + "0000000c"
	if got := hex.EncodeToString(b[:40]); got != want || len(b) != 40+72*12 {
		t.Errorf("%d bytes, header %s", len(b), got)
	}
	l := Layout{Archives: []Archive{{10, 60}, {60, 8}}}
	if l.size() != 856 {
		t.Errorf("size %d", l.size())
	}
}

func TestPointsAndTheirAggregates(t *testing.T) {
	f, path := create(t, Layout{Archives: []Archive{{1, 10}, {5, 10}}, Method: Average, XFilesFactor: 0.5})
	if n := update(t, f, Point{now - 8, 1}, Point{now - 7, 2}, Point{now - 6, 6}, Point{now, 4}, Point{now + 1, 5},
		Point{now - 50, 7}, Point{0, 9}); n != 3 {
		t.Errorf("%d refused", n)
	}
	// now is a multiple of 5. Of the five points from now-10 on three are known; of
	// those from now on one, which is too few.
	if got := holds(t, f, 0); got != "0:-8=1 1:-7=2 2:-6=6 8:0=4" {
		t.Errorf("fine: %s", got)
	}
	if got := holds(t, f, 1); got != "0:-10=3" {
		t.Errorf("coarse: %s", got)
	}
	if n := update(t, f, Point{now - 49, 7}, Point{now - 7, 0.5}, Point{now - 7, 5}); n != 0 {
		t.Errorf("%d refused", n)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := holds(t, f, 0); got != "0:-8=1 1:-7=5 2:-6=6 8:0=4" {
		t.Errorf("fine: %s", got)
	}
	if got := holds(t, f, 1); got != "0:-10=4 2:-50=7" {
		t.Errorf("coarse: %s", got)
	}
}

func TestAggregates(t *testing.T) {
	known := []float64{2, -5, 4, -1}
	for m, want := range map[Method]float64{Average: 0, Sum: 0, Last: -1, Max: 4, Min: -5, AverageZero: 0, AbsMax: -5, AbsMin: -1} {
		if got := m.of(known, 8); got != want {
			t.Errorf("method %d: %v, want %v", m, got, want)
		}
	}
	if got := AverageZero.of([]float64{8}, 4); got != 2 {
		t.Errorf("average with zeros %v", got)
	}
}

func TestLayoutsAreChecked(t *testing.T) {
	f := func(want string, factor float32, method Method, archives ...Archive) {
		t.Helper()
		l := Layout{Archives: archives, Method: method, XFilesFactor: factor}
		if err := l.Check(); want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%v: %v, want %s", archives, err, want)
		}
	}
	f("", 0.1, Average, Archive{60, 1440}, Archive{900, 97}, Archive{3600, 168})
	f("at least one", 0.1, Average)
	f("is unknown", 0.1, 9, Archive{60, 10})
	f("x-files factor", 1.1, Average, Archive{60, 10})
	f("greater than 0", 0, Average, Archive{0, 10})
	f("greater than 0", 0, Average, Archive{10, 0})
	f("coarser", 0, Average, Archive{60, 10}, Archive{60, 20})
	f("no multiple", 0, Average, Archive{60, 10}, Archive{90, 20})
	f("", 0, Average, Archive{60, 1440}, Archive{900, 8}, Archive{3600, 168}, Archive{43200, 1456})
	f("is made of 100", 0, Average, Archive{1, 50}, Archive{100, 20})
	f("too far", 0, Average, Archive{1 << 31, 2})
	f("the file would have", 0, Average, Archive{1, 400_000_000})
}

// TestFilesOfHeka010AreReadable puts in order what counts slots from the beginning of
// the file.
func TestFilesOfHeka010AreReadable(t *testing.T) {
	f, path := create(t, Layout{Archives: []Archive{{10, 6}, {60, 5}}, Method: Average, XFilesFactor: 0.1})
	a := &f.archives[0]
	for _, p := range []Point{{now, 1}, {now + 10, 2}, {now + 20, 3}} {
		if err := f.writePoints(a, a.slot(p.Time, uint32(Average)), appendPoint(nil, p)); err != nil {
			t.Fatal(err)
		}
	}
	if base, _ := f.base(a); base != 0 {
		t.Fatalf("the first slot is in use; choose another time")
	}
	f.Close()
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	first := strings.SplitN(holds(t, f, 0), "=", 2)[0]
	if !strings.HasPrefix(first, "0:") {
		t.Errorf("the first slot is empty: %s", holds(t, f, 0))
	}
	base, _ := f.base(a)
	b, err := f.readPoints(a, 0, 6)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for slot := range 6 {
		if p := pointAt(b, slot); p.Time != 0 {
			sum += p.Value
			if a.slot(p.Time, base) != int64(slot) {
				t.Errorf("the point of %d lies in slot %d", p.Time, slot)
			}
		}
	}
	if sum != 6 {
		t.Errorf("points are missing: %s", holds(t, f, 0))
	}
}

func TestDamagedFilesAreRefused(t *testing.T) {
	_, path := create(t, Layout{Archives: []Archive{{10, 6}, {60, 5}}, Method: Average})
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f := func(name string, change func(b []byte) []byte) {
		t.Helper()
		if err := os.WriteFile(path, change(append([]byte(nil), good...)), 0o600); err != nil {
			t.Fatal(err)
		}
		if f, err := Open(path); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
			if err == nil {
				f.Close()
			}
		}
	}
	f("empty", func([]byte) []byte { return nil })
	f("cut header", func(b []byte) []byte { return b[:30] })
	f("cut archive", func(b []byte) []byte { return b[:len(b)-1] })
	f("method", func(b []byte) []byte { b[3] = 99; return b })
	f("no archives", func(b []byte) []byte { b[15] = 0; return b })
	f("many archives", func(b []byte) []byte { b[12] = 255; return b })
	f("offset in the header", func(b []byte) []byte { b[19] = 8; return b })
	f("step 0", func(b []byte) []byte { b[23] = 0; return b })
	f("order", func(b []byte) []byte { b[23] = 99; return b })
}

// FuzzFile opens anything and stores points in it.
func FuzzFile(f *testing.F) {
	_, path := create(f, Layout{Archives: []Archive{{1, 5}, {5, 4}}, Method: Average})
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good, uint32(now), uint32(3))
	f.Add(good[:20], uint32(0), uint32(0))
	f.Fuzz(func(t *testing.T, b []byte, at, gap uint32) {
		path := filepath.Join(t.TempDir(), "x.wsp")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		w, err := Open(path)
		if err != nil {
			return
		}
		defer w.Close()
		points := []Point{{at, 1}, {at - gap, 2}, {at - 2*gap, 3}, {at + 1, 4}}
		if _, err := w.Update(points, at); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Size() != int64(len(b)) {
			t.Errorf("the file has %d bytes, not %d any more", info.Size(), len(b))
		}
	})
}

func BenchmarkUpdate(b *testing.B) {
	f, _ := create(b, Layout{Archives: []Archive{{10, 8640}, {60, 43200}}, Method: Average, XFilesFactor: 0.1})
	t := uint32(now)
	for b.Loop() {
		t += 10
		if _, err := f.Update([]Point{{t, 1}}, t); err != nil {
			b.Fatal(err)
		}
	}
}
