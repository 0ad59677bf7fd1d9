package file

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hekad/heka/internal/plugins/feedtest"
)

func TestBoundariesAreMultiplesSinceMidnight(t *testing.T) {
	f := func(zoneName string, hours int, from string, want ...string) {
		t.Helper()
		loc, err := zone(zoneName)
		must(t, err)
		at, err := time.Parse(time.RFC3339, from)
		must(t, err)
		s := newSchedule("", hours, loc, at)
		for _, w := range want {
			if got := s.next.In(loc).Format(time.RFC3339); got != w {
				t.Errorf("%s, %d h, after %s: %s, want %s", zoneName, hours, from, got, w)
			}
			s.next = s.after(s.next)
		}
	}
	f("utc", 1, "2015-06-10T22:59:59Z", "2015-06-10T23:00:00Z", "2015-06-11T00:00:00Z")
	f("utc", 4, "2015-06-10T20:00:00Z", "2015-06-11T00:00:00Z", "2015-06-11T04:00:00Z")
	f("utc", 12, "2015-06-10T11:00:00Z", "2015-06-10T12:00:00Z", "2015-06-11T00:00:00Z")
	f("America/New_York", 24, "2015-06-10T01:00:00Z", "2015-06-10T00:00:00-04:00", "2015-06-11T00:00:00-04:00")
	f("Asia/Kolkata", 4, "2015-06-10T00:00:00Z", "2015-06-10T08:00:00+05:30", "2015-06-10T12:00:00+05:30")
	// The night in which clocks are put forward: there is no 2:30.
	f("America/New_York", 1, "2015-03-08T06:30:00Z", "2015-03-08T03:00:00-04:00", "2015-03-08T04:00:00-04:00")
	f("America/New_York", 24, "2015-03-08T06:30:00Z", "2015-03-09T00:00:00-04:00")
	// The night in which they are put back: the hour from 1 to 2 comes twice.
	f("America/New_York", 4, "2015-11-01T04:00:00Z", "2015-11-01T04:00:00-05:00")
	f("America/New_York", 24, "2015-11-01T04:00:00Z", "2015-11-02T00:00:00-05:00")
}

func TestRotationBeginsAFileAtEachBoundary(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		// It is midnight UTC of 2000-01-01.
		o, _ := newTestOutput(t, filepath.Join(dir, "%Y", "%m-%d.%H"), func(c *OutputConfig) {
			c.RotationInterval, c.RotationTZ, c.FlushInterval = 4, "America/New_York", 0
		})
		if o.FlushInterval() != rotationCheck {
			t.Errorf("interval %v", o.FlushInterval())
		}
		var l feedtest.Ledger
		send := func(line string) {
			t.Helper()
			must(t, l.Messages(line).Send(t.Context(), o, false))
		}
		send("a")
		time.Sleep(time.Hour - time.Second)
		send("b")
		time.Sleep(time.Second)
		send("c") // 20:00 in New York
		time.Sleep(9 * time.Hour)
		must(t, o.Flush(t.Context())) // nothing came for two boundaries
		send("d")
		must(t, o.Close())
		holds(t, filepath.Join(dir, "1999/12-31.19"), "a\nb\n")
		holds(t, filepath.Join(dir, "1999/12-31.20"), "c\n")
		holds(t, filepath.Join(dir, "2000/01-01.04"), "d\n")
		if all, _ := filepath.Glob(filepath.Join(dir, "*/*")); len(all) != 3 {
			t.Errorf("files %q", all)
		}
		if l.Delivered() != 4 {
			t.Errorf("delivered %d", l.Delivered())
		}
	})
}

func TestARotationThatFailsIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		o, _ := newTestOutput(t, filepath.Join(dir, "%H", "f"), func(c *OutputConfig) {
			c.RotationInterval, c.RotationTZ = 1, "utc"
		})
		var l feedtest.Ledger
		must(t, l.Messages("a").Send(t.Context(), o, false))
		must(t, os.WriteFile(filepath.Join(dir, "01"), nil, 0o600))
		time.Sleep(time.Hour)
		w := l.Messages("b")
		for range 3 {
			if err := w.Send(t.Context(), o, false); err == nil {
				t.Fatal("rotated into a folder that is a file")
			}
		}
		must(t, os.Remove(filepath.Join(dir, "01")))
		must(t, w.Send(t.Context(), o, false))
		must(t, o.Close())
		holds(t, filepath.Join(dir, "00/f"), "a\n")
		holds(t, filepath.Join(dir, "01/f"), "b\n")
		if l.Delivered() != 2 {
			t.Errorf("delivered %d", l.Delivered())
		}
	})
}

func TestWithoutRotationAPathIsTakenAsItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "100%d")
	o, _ := newTestOutput(t, path, nil)
	must(t, o.Close())
	holds(t, path, "")
}
