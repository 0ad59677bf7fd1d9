package queue_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/queue"
)

// walk lists what a directory holds: bodies, and damage as "-bytes".
func walk(t *testing.T, d *disk, from queue.Position) (list []string) {
	t.Helper()
	dir, err := queue.Inspect(d.fs())
	if err != nil {
		t.Fatal(err)
	}
	if err := dir.Walk(from, func(it queue.Item) error {
		if it.Damaged > 0 {
			list = append(list, fmt.Sprint("-", it.Damaged))
		}
		if it.Record.Body != nil {
			list = append(list, string(it.Record.Body))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestInspectSeesEverythingAndChangesNothing(t *testing.T) {
	d, ends := three(t, queue.Options{})
	d.put("2.log", []byte("1234\x1e\x02\x08\x01\x1fx56"))
	d.put("checkpoint.txt", []byte("0 5"))
	d.put("checkpoint-a.txt", []byte("zzz"))
	q, _ := mustOpen(t, newDisk(), queue.Options{})
	defer q.Close()
	before := fmt.Sprint(d.list(), d.bytesOf("0.log"))
	if got := walk(t, d, queue.Position{}); !slices.Equal(got, []string{"first", "second", "third", "-12"}) {
		t.Errorf("got %q", got)
	}
	if got := walk(t, d, queue.Position{Offset: int64(ends[0])}); !slices.Equal(got, []string{"second", "third", "-12"}) {
		t.Errorf("got %q", got)
	}
	d.flip("0.log", ends[0], 1)
	if got := walk(t, d, queue.Position{}); !slices.Equal(got, []string{"first", fmt.Sprint("-", ends[1]-ends[0]), "third", "-12"}) {
		t.Errorf("got %q", got)
	}
	d.flip("0.log", ends[0], 1)
	dir, err := queue.Inspect(d.fs())
	if err != nil || len(dir.Segments) != 2 || dir.Segments[0].Plain || dir.Segments[0].Size != int64(ends[2]) {
		t.Errorf("%+v, %v", dir, err)
	}
	if c := dir.Checkpoints; len(c) != 2 || c[0].Position.Offset != 5 || c[0].Err != nil || c[1].Reader != "a" || c[1].Err == nil {
		t.Errorf("checkpoints %+v", c)
	}
	stop := errors.New("stop")
	if err := dir.Walk(queue.Position{}, func(queue.Item) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	if after := fmt.Sprint(d.list(), d.bytesOf("0.log")); after != before {
		t.Error("directory was changed")
	}
}

func TestRewriteDropsRecordsAndDamageAndMovesCheckpoints(t *testing.T) {
	fill := func() *disk {
		d := newDisk()
		q, _ := mustOpen(t, d, queue.Options{MaxFileSize: 500})
		for i := range 20 {
			if _, _, err := q.Append([]queue.Record{{Body: fmt.Appendf(nil, "%02d %s", i, strings.Repeat("x", 60)), Loops: uint32(i), Signer: "s"}}); err != nil {
				t.Fatal(err)
			}
		}
		r, a := reader(t, q, ""), reader(t, q, "a")
		for n, r := range map[int]*queue.Reader{3: r, 7: a} {
			b, err := r.Poll()
			for err == nil && len(b.Records) <= n {
				n -= len(b.Records)
				b, err = r.Poll()
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Ack(b.Records[n].End); err != nil {
				t.Fatal(err)
			}
		}
		shut(t, q)
		return d
	}
	odd := func(r queue.Record) bool { return r.Loops%2 == 1 }
	check := func(d *disk, name string, first int, exact bool) {
		t.Helper()
		q, report := mustOpen(t, d, queue.Options{})
		if len(report.Problems) != 0 {
			t.Errorf("problems %q", report.Problems)
		}
		got := take(t, reader(t, q, name))
		shut(t, q)
		if !exact { // the others may be there or not
			got = slices.DeleteFunc(got, func(s string) bool { return s[1]%2 == 0 || s < fmt.Sprintf("%02d", first) })
		}
		var wanted []string
		for i := first; i < 20; i++ {
			if i%2 == 1 {
				wanted = append(wanted, fmt.Sprintf("%02d %s", i, strings.Repeat("x", 60)))
			}
		}
		if !slices.Equal(got, wanted) {
			t.Errorf("reader %q: got %d records, want %d: %.3q", name, len(got), len(wanted), got)
		}
	}
	d := fill()
	done, err := queue.Rewrite(d.fs(), odd)
	if err != nil || done.Kept+done.Dropped != uint64(len(walk(t, fill(), queue.Position{}))) || done.Files == 0 || done.Damaged != 0 {
		t.Fatalf("%+v, %v", done, err)
	}
	check(d, "", 4, true)
	check(d, "a", 8, true)
	if again, err := queue.Rewrite(d.fs(), odd); err != nil || again.Files != 0 {
		t.Errorf("again: %+v, %v", again, err)
	}

	// A crash at any change of a name loses nothing that is kept.
	for kept := range 40 {
		d := fill()
		fs := d.fs()
		if _, err := queue.Rewrite(&stopAfter{FS: fs, left: kept}, odd); err == nil {
			break
		}
		d.crash(func(_ string, n int) int { return n })
		check(d, "a", 8, false)
	}

	d = fill()
	d.flip("0.log", 30, 1)
	if done, err := queue.Rewrite(d.fs(), nil); err != nil || done.Files != 1 || done.Damaged == 0 || done.Dropped != 0 {
		t.Errorf("%+v, %v", done, err)
	}
	for _, item := range walk(t, d, queue.Position{}) {
		if strings.HasPrefix(item, "-") {
			t.Errorf("damage of %s bytes is left", item)
		}
	}
	q, _ := mustOpen(t, d, queue.Options{})
	defer q.Close()
	if _, err := queue.Rewrite(d.fs(), nil); !errors.Is(err, queue.ErrLocked) {
		t.Errorf("got %v", err)
	}
}

// stopAfter is a directory on which only so many names can be changed.
type stopAfter struct {
	queue.FS
	left int
}

func (s *stopAfter) Create(name string) (queue.File, error) {
	if s.left--; s.left < 0 {
		return nil, errCrashed
	}
	return s.FS.Create(name)
}

func (s *stopAfter) Rename(from, to string) error {
	if s.left--; s.left < 0 {
		return errCrashed
	}
	return s.FS.Rename(from, to)
}

func TestDropOldestMakesRoomForNewRecords(t *testing.T) {
	q := open(t, t.TempDir(), queue.Options{MaxBufferSize: 4000, MaxFileSize: 1000})
	r := reader(t, q, "")
	body := func(i int) string { return fmt.Sprintf("%04d %s", i, strings.Repeat("x", 200)) }
	dropped, n := 0, 0
	var inHand queue.Batch
	for ; n < 200; n++ {
		_, err := tryAdd(q, body(n))
		if errors.Is(err, queue.ErrFull) {
			records, bytes, err := q.DropOldest(len(body(n)))
			if err != nil || records == 0 || bytes == 0 {
				t.Fatalf("dropped %d records, %d bytes, %v", records, bytes, err)
			}
			dropped += records
			_, err = tryAdd(q, body(n))
			if err != nil {
				t.Fatal(err)
			}
		} else if err != nil {
			t.Fatal(err)
		}
		if n == 3 {
			if inHand, err = r.Poll(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := r.Ack(inHand.End); err != queue.ErrPassed {
		t.Errorf("acknowledging what was dropped: %v", err)
	}
	got := take(t, r)
	if len(got) != n-dropped || got[0] != body(dropped) || got[len(got)-1] != body(n-1) || dropped < 100 {
		t.Errorf("%d records dropped of %d, %d left", dropped, n, len(got))
	}
	if st := q.Stats().Readers[0]; st.Missing != 0 || st.Damaged != 0 {
		t.Errorf("stats %+v", st)
	}
	if records, bytes, err := q.DropOldest(10); records != 0 || bytes != 0 || err != nil {
		t.Errorf("nothing to drop: %d, %d, %v", records, bytes, err)
	}
}
