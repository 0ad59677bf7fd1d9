package e2e

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// deliveries keeps the books of what heka has written: which line of which
// stream, how often, and in which order.
type deliveries struct {
	t       *testing.T
	path    string // of heka's output
	offset  int64  // up to which it was looked at
	streams map[string]*delivered
	torn    int  // lines that were cut by the end of a process
	cut     bool // the output ended in such a line, which the next run ends
}

// delivered is one stream.
type delivered struct {
	seen     []uint8
	highest  int // of all numbers
	previous int // number that came last in this run of heka, or -1
	end      int // number that came last in the last run that got any
	first    int // of this run, or -1
	low      int // no number below may come again: a position behind it was saved
	position string
	history  []string // of the last runs: what each delivered, and where it stood
	repeated int      // lines that came again
	most     int      // of them after one kill
	stop     string   // how the run before ended
	late     bool     // lines of files that come late may be out of order
}

// onTheirWay is how many lines of a stream may be on their way at most, and so come
// again after a kill: those in the queue before the output, and those that are
// written within the output's flush interval when heka catches up; and far more than
// were ever seen, since on a busy machine such an interval can be long.
const onTheirWay = 60_000

var deliveredLine = regexp.MustCompile(`(rename|copytruncate|compress|dated|recreate|symlink|late) (\d{9}) (x*)\n$`)

func newDeliveries(t *testing.T, path string) *deliveries {
	d := &deliveries{t: t, path: path, streams: map[string]*delivered{}}
	for _, k := range rotations {
		d.streams[k.kind] = &delivered{highest: -1, previous: -1, first: -1, late: k.kind == "late"}
	}
	return d
}

// look takes in the lines that have been written since.
func (d *deliveries) look() {
	f, err := os.Open(d.path)
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Seek(d.offset, io.SeekStart); err != nil {
		d.t.Fatal(err)
	}
	r := bufio.NewReaderSize(f, 1<<20)
	for {
		line, err := r.ReadBytes('\n')
		if err == io.EOF {
			return
		}
		if err != nil {
			d.t.Fatal(err)
		}
		d.offset += int64(len(line))
		if d.cut {
			d.cut = false
			d.torn++
			continue
		}
		d.take(line)
	}
}

func (d *deliveries) take(line []byte) {
	m := deliveredLine.FindSubmatch(line)
	if m == nil {
		d.torn++
		return
	}
	n, _ := strconv.Atoi(string(m[2]))
	s := d.streams[string(m[1])]
	if s == nil || len(m[3]) != n%50 {
		d.t.Errorf("a line that nobody has written: %q", bytes.TrimSpace(line))
		return
	}
	if len(m[0]) < len(line) {
		d.torn++
	}
	s.take(d.t, string(m[1]), n)
}

func (s *delivered) take(t *testing.T, kind string, n int) {
	switch {
	case s.late:
		if n < len(s.seen) && s.seen[n] > 0 {
			s.repeated++
		}
	case s.previous < 0:
		s.first = n
		if n > s.highest+1 {
			t.Errorf("%s: a run begins with line %d, but %d was the last before", kind, n, s.highest)
		}
		if n < s.low {
			t.Errorf("%s: line %d comes again although a position behind line %d was saved", kind, n, s.low)
		}
		again := s.highest + 1 - n
		due := s.end + 1 - n // to the last stop, and not to one before
		switch {
		case due > 0 && s.stop == orderly:
			t.Errorf("%s: %d lines from %d on come again although the stop was orderly\n%s", kind, due, n, strings.Join(s.history, "\n"))
		case due > onTheirWay && s.stop == "kill":
			t.Errorf("%s: %d lines come again after a kill, more than were on their way", kind, due)
		}
		s.repeated += max(again, 0)
		if s.stop == "kill" {
			s.most = max(s.most, due)
		}
	case n != s.previous+1:
		t.Errorf("%s: line %d comes behind line %d", kind, n, s.previous)
	}
	for len(s.seen) <= n {
		s.seen = append(s.seen, 0)
	}
	if s.seen[n] < 255 {
		s.seen[n]++
	}
	s.previous, s.highest = n, max(s.highest, n)
}

// orderly is a stop after which nothing comes again.
const orderly = "orderly"

// stopped takes in what a run has left. Lines of this run may come again, but
// those of runs before only if no position was saved in this one.
func (d *deliveries) stopped(how string, journal func(kind string) string) {
	d.look()
	if info, err := os.Stat(d.path); err == nil && info.Size() > d.offset {
		d.cut = true
	}
	for kind, s := range d.streams {
		var b []byte
		for _, path := range []string{journal(kind), journal(kind) + "%now"} {
			part, err := os.ReadFile(path)
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				d.t.Fatal(err)
			}
			b = append(b, part...)
		}
		s.history = append(s.history, fmt.Sprintf("lines %d to %d until the stop by %s, then %q", s.first, s.previous, how, b))
		s.history = s.history[max(0, len(s.history)-5):]
		if string(b) != s.position && s.first >= 0 {
			s.low = s.first
		}
		if s.first >= 0 { // else what comes again is due to an earlier stop
			s.stop, s.end = how, s.previous
		}
		s.position, s.previous, s.first = string(b), -1, -1
	}
}

// forget removes the output, which the next run of heka makes anew.
func (d *deliveries) forget() {
	if err := os.Remove(d.path); err != nil && !errors.Is(err, os.ErrNotExist) {
		d.t.Fatal(err)
	}
	d.offset, d.cut = 0, false
}

// lost returns how many of the lines below n have not come, and the first.
func (s *delivered) lost(n int) (count, first int) {
	first = -1
	for i := range n {
		if i < len(s.seen) && s.seen[i] > 0 {
			continue
		}
		if first < 0 {
			first = i
		}
		count++
	}
	return count, first
}
