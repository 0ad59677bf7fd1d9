package message_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/message"
)

// timeVector is a line of testdata/timestamps.txt.
type timeVector struct {
	line, layout, text, want string
	loc                      *time.Location
	now                      int64
}

func readTimeVectors(t testing.TB) []timeVector {
	t.Helper()
	file, err := os.ReadFile("testdata/timestamps.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []timeVector
	for line := range strings.Lines(string(file)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		columns := strings.Split(line, ";")
		if len(columns) != 5 {
			t.Fatalf("%q has %d columns", line, len(columns))
		}
		for i := range columns {
			columns[i] = strings.TrimSpace(columns[i])
		}
		v := timeVector{line: line, layout: columns[0], text: columns[3], want: columns[4]}
		if strings.HasPrefix(v.text, `"`) {
			v.text = unquote(t, v.text)
		}
		if v.loc, err = time.LoadLocation(columns[1]); err != nil {
			t.Fatal(err)
		}
		if columns[2] != "" {
			v.now = nanoseconds(t, columns[2])
		}
		all = append(all, v)
	}
	return all
}

// nanoseconds reads nanoseconds or RFC 3339.
func nanoseconds(t testing.TB, s string) int64 {
	t.Helper()
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n
	}
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixNano()
}

func TestTimeParser(t *testing.T) {
	for _, v := range readTimeVectors(t) {
		got, err := message.NewTimeParser(v.layout, v.loc).Parse(v.text, v.now)
		wantErr, isError := strings.CutPrefix(v.want, "error")
		if isError {
			if err == nil {
				t.Errorf("%s: %v", v.line, time.Unix(0, got).UTC())
			} else if wantErr = strings.TrimSpace(wantErr); wantErr != "" && err.Error() != wantErr {
				t.Errorf("%s: error %v", v.line, err)
			}
			continue
		}
		if err != nil || got != nanoseconds(t, v.want) {
			t.Errorf("%s: %v, error %v", v.line, time.Unix(0, got).UTC(), err)
		}
	}
}

func TestNoLocationIsUTC(t *testing.T) {
	got, err := message.NewTimeParser(time.DateTime, nil).Parse("2006-01-02 15:04:05", 0)
	if err != nil || got != nanoseconds(t, "2006-01-02T15:04:05Z") {
		t.Errorf("%d, %v", got, err)
	}
}

// What a parser has read before does not change what it reads, a full date does
// not depend on now, and what is completed lies at most half a year ahead.
func FuzzTimeParser(f *testing.F) {
	for _, v := range readTimeVectors(f) {
		f.Add(v.layout, v.text, v.now)
	}
	used := message.NewTimeParser("", time.UTC)
	f.Fuzz(func(t *testing.T, layout, text string, now int64) {
		const day = int64(24 * time.Hour)
		if now < -9e18 || now > 9e18 {
			return
		}
		fresh := message.NewTimeParser("", time.UTC)
		a, errA := used.Parse(text, now)
		b, errB := fresh.Parse(text, now)
		if a != b || (errA == nil) != (errB == nil) {
			t.Fatalf("%q: %d, %v after other texts, else %d, %v", text, a, errA, b, errB)
		}
		p := message.NewTimeParser(layout, time.UTC)
		first, err := p.Parse(text, now)
		if err != nil {
			return
		}
		if strings.HasPrefix(layout, "Epoch") {
			return
		}
		later, err := p.Parse(text, now+400*day)
		if err != nil {
			t.Fatalf("%q in %q is a time at %d but not later: %v", text, layout, now, err)
		}
		if later != first && (first > now+183*day || later > now+(400+183)*day) {
			t.Fatalf("%q in %q is completed to %v at %v", text, layout, time.Unix(0, first).UTC(), time.Unix(0, now).UTC())
		}
	})
}

func TestSeverityMap(t *testing.T) {
	f := func(s message.SeverityMap, text string, want int32, wantOK bool) {
		t.Helper()
		got, ok := s.Parse(text)
		if ok != wantOK || (ok && got != want) {
			t.Errorf("%q: %d, %v", text, got, ok)
		}
	}
	s := message.SeverityMap{"ERROR": 3, "7": 1, "": 5}
	f(s, "ERROR", 3, true)
	f(s, "error", 0, false)
	f(s, "7", 1, true)
	f(s, "6", 6, true)
	f(s, "-1", -1, true)
	f(s, "2147483648", 0, false)
	f(s, "", 5, true)
	f(nil, "4", 4, true)
	f(nil, "", 0, false)
	f(nil, "4.0", 0, false)
}
