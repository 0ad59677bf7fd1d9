package strftime_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/itchyny/timefmt-go"

	"github.com/hekad/heka/internal/strftime"
)

var example = time.Date(2009, 1, 2, 3, 4, 0, 123456, time.UTC)

func TestDirectives(t *testing.T) {
	f := func(format, want string) {
		t.Helper()
		if got := string(strftime.New(format).Append(nil, example)); got != want {
			t.Errorf("%q: got %q, want %q", format, got, want)
		}
		if got := string(strftime.New(format).Clock(nil).Append(nil, example.UnixNano())); got != want {
			t.Errorf("%q by clock: got %q, want %q", format, got, want)
		}
	}
	f("%A %a", "Friday Fri")
	f("%B %b %h", "January Jan Jan")
	f("%C", "2009")
	f("%D", "01/02/09")
	f("%d %e", "02  2")
	f("%F", "2009-01-02")
	f("%f", "000123")
	f("%H %k", "03  3")
	f("%I %l", "03  3")
	f("%j", "002")
	f("%L", "000")
	f("%M %m", "04 01")
	f("%N", "000123456")
	f("%n%t", "\n\t")
	f("%P%p", "amAM")
	f("%R", "03:04")
	f("%r", "03:04:00 AM")
	f("%S", "00")
	f("%s", "1230865440")
	f("%T", "03:04:00")
	f("%v", " 2-Jan-2009")
	f("%w", "5")
	f("%Y %y", "2009 09")
	f("%Z", "UTC")
	f("%z", "+0000")
	f("%%", "%")
	f("%%Y", "%Y")
	f("%9", "%9")
	f("%U %V %W %u %G %c %x %X %E %O", "%U %V %W %u %G %c %x %X %E %O")
	f("%é%Y", "%é2009")
	f("100%", "100%")
	f("%", "%")
	f("", "")
	f("heka", "heka")
	f("%Y-%m-%dT%H:%M:%S.%LZ", "2009-01-02T03:04:00.000Z")
}

func TestHours(t *testing.T) {
	f := func(hour int, want string) {
		t.Helper()
		at := time.Date(2009, 1, 2, hour, 0, 0, 0, time.UTC)
		if got := string(strftime.New("%H %I %l %p %P").Append(nil, at)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	f(0, "00 12 12 AM am")
	f(1, "01 01  1 AM am")
	f(12, "12 12 12 PM pm")
	f(13, "13 01  1 PM pm")
	f(23, "23 11 11 PM pm")
}

func TestZones(t *testing.T) {
	f := func(name string, offset int, want string) {
		t.Helper()
		at := example.In(time.FixedZone(name, offset))
		if got := string(strftime.New("%Z %z").Append(nil, at)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	f("NST", -3*3600-1800, "NST -0330")
	f("IST", 5*3600+1800, "IST +0530")
	f("PST", -8*3600, "PST -0800")
	f("X", -1800, "X -0030")
}

func TestYears(t *testing.T) {
	f := func(year int, want string) {
		t.Helper()
		at := time.Date(year, 5, 6, 0, 0, 0, 0, time.UTC)
		if got := string(strftime.New("%Y %y %C").Append(nil, at)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	f(5, "0005 05 05")
	f(987, "0987 87 987")
	f(12345, "12345 45 12345")
}

func TestStep(t *testing.T) {
	f := func(format string, step time.Duration, constant bool) {
		t.Helper()
		x := strftime.New(format)
		if x.Step() != step || x.Constant() != constant {
			t.Errorf("%q: %v, %v", format, x.Step(), x.Constant())
		}
	}
	f("%Y.%m.%d", 24*time.Hour, false)
	f("%Y-%H", time.Hour, false)
	f("%R", time.Minute, false)
	f("%T", time.Second, false)
	f("%T.%L", time.Millisecond, false)
	f("heka", math.MaxInt64, true)
	f("%Q%%", math.MaxInt64, true)
	f("%Z", math.MaxInt64, false)
}

// A clock must give what its format gives, whatever it rendered before.
func FuzzClock(f *testing.F) {
	f.Add("%Y-%m-%d %T.%N", int64(0), int64(1), uint8(0))
	f.Add("%D %Z", int64(-1), int64(1414448234638504391), uint8(1))
	f.Add("%L x%f", int64(math.MinInt64+864e11), int64(math.MaxInt64), uint8(2))
	zones := []*time.Location{time.UTC, time.FixedZone("NST", -12600), time.Local}
	for _, name := range []string{"America/Los_Angeles", "Africa/Monrovia"} {
		if loc, err := time.LoadLocation(name); err == nil {
			zones = append(zones, loc)
		}
	}
	f.Fuzz(func(t *testing.T, format string, first, second int64, zone uint8) {
		if min(first, second) < math.MinInt64+864e11 {
			return // a day in 1677 that does not begin within 64 bits
		}
		loc := zones[int(zone)%len(zones)]
		x := strftime.New(format)
		c := x.Clock(loc)
		for _, ns := range []int64{first, first + 1, second, first} {
			got, want := string(c.Append([]byte("a"), ns)), string(x.Append([]byte("a"), time.Unix(0, ns).In(loc)))
			if got != want {
				t.Errorf("%q at %d: clock %q, format %q", format, ns, got, want)
			}
		}
	})
}

// What both know must be the same in another implementation.
func FuzzAgainstTimefmt(f *testing.F) {
	f.Add("%a %A %b %B %d %e %F %H %I %j %m %M %p %S %s %T %y %Y %z %Z %D %R %%", int64(1414448234638504391), int16(0))
	f.Add("%I", int64(0), int16(-210))
	f.Fuzz(func(t *testing.T, format string, ns int64, minutes int16) {
		for i := 0; i < len(format); i++ {
			if format[i] == '%' {
				i++
				if i == len(format) || !strings.ContainsRune("aAbBdeFHIjmMpSsTyYzZDR%", rune(format[i])) {
					return
				}
			}
		}
		at := time.Unix(0, ns).In(time.FixedZone("X", int(minutes)*60))
		if _, offset := at.Zone(); offset <= -24*3600 || offset >= 24*3600 {
			return
		}
		if got, want := string(strftime.New(format).Append(nil, at)), timefmt.Format(at, format); got != want {
			t.Errorf("%q at %v: got %q, want %q", format, at, got, want)
		}
	})
}

func BenchmarkClockSameSecond(b *testing.B) {
	c := strftime.New("%Y-%m-%dT%H:%M:%S").Clock(nil)
	buf := make([]byte, 0, 64)
	b.ReportAllocs()
	for b.Loop() {
		buf = c.Append(buf[:0], 1414448234638504391)
	}
}

func BenchmarkClockMilliseconds(b *testing.B) {
	c := strftime.New("%Y-%m-%dT%H:%M:%S.%LZ").Clock(nil)
	buf := make([]byte, 0, 64)
	ns := int64(1414448234638504391)
	b.ReportAllocs()
	for b.Loop() {
		ns += 1e3
		buf = c.Append(buf[:0], ns)
	}
}

func BenchmarkClockNewSecond(b *testing.B) {
	c := strftime.New("%Y-%m-%dT%H:%M:%S").Clock(nil)
	buf := make([]byte, 0, 64)
	ns := int64(1414448234638504391)
	b.ReportAllocs()
	for b.Loop() {
		ns += 1e9
		buf = c.Append(buf[:0], ns)
	}
}
