package queue_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hekad/heka/internal/queue"
)

// three writes three records, each by a write of its own, and returns the disk
// and the offsets at which the records end.
func three(t *testing.T, opts queue.Options) (d *disk, ends []int) {
	t.Helper()
	d = newDisk()
	q, _ := mustOpen(t, d, opts)
	for _, body := range []string{"first", "second", "third"} {
		ends = append(ends, int(add(t, q, body).Offset))
	}
	shut(t, q)
	return d, ends
}

func TestTornEndIsCutOffWhereverItIsTorn(t *testing.T) {
	full, ends := three(t, queue.Options{})
	data := full.bytesOf("0.log")
	for size := range data {
		d := newDisk()
		d.put("0.log", data[:size])
		q, report := mustOpen(t, d, queue.Options{})
		whole := 0
		for whole < len(ends) && ends[whole] <= size {
			whole++
		}
		good := 0
		if whole > 0 {
			good = ends[whole-1]
		}
		torn := int64(size - good)
		if whole == 0 { // the file is set aside
			torn = 0
		}
		if report.Torn != torn || (torn > 0) != (len(report.Problems) > 0 && whole > 0) {
			t.Errorf("%d bytes: %+v", size, report)
		}
		add(t, q, "new")
		want(t, reader(t, q, ""), append([]string{"first", "second", "third"}[:whole:whole], "new")...)
		shut(t, q)
	}
}

func TestZerosAtTheEndAreCutOff(t *testing.T) {
	d, ends := three(t, queue.Options{})
	d.put("0.log", append(bytes.Clone(d.bytesOf("0.log")), make([]byte, 5000)...))
	q, report := mustOpen(t, d, queue.Options{})
	defer q.Close()
	if report.Torn != 5000 || len(d.bytesOf("0.log")) != ends[2] {
		t.Errorf("%+v", report)
	}
	want(t, reader(t, q, ""), "first", "second", "third")
}

func TestFileWithoutARecordIsSetAside(t *testing.T) {
	d := newDisk()
	d.put("7.log", []byte("somebody's notes"))
	d.put("8.log", make([]byte, 100))
	d.put("9.log", nil)
	q, report := mustOpen(t, d, queue.Options{})
	defer q.Close()
	if got := d.list(); !slices.Equal(got, []string{"7.damaged"}) || len(report.Problems) != 2 {
		t.Errorf("files %v, %q", got, report.Problems)
	}
	if end := add(t, q, "new"); end.Segment != 10 {
		t.Errorf("new file is %d", end.Segment)
	}
}

func TestDamagedByteCostsOneRecord(t *testing.T) {
	full, ends := three(t, queue.Options{})
	data := full.bytesOf("0.log")
	bodies := []string{"first", "second", "third"}
	for at := range data {
		for _, mask := range []byte{0x01, 0x80, 0xFF} {
			d := newDisk()
			d.put("0.log", data)
			d.flip("0.log", at, mask)
			d.put("1.log", full.bytesOf("0.log")) // so that the file is not the newest
			q, _ := mustOpen(t, d, queue.Options{})
			victim := 0
			for ends[victim] <= at {
				victim++
			}
			r := reader(t, q, "")
			b, err := r.Poll()
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, rec := range b.Records {
				got = append(got, string(rec.Body))
			}
			size := ends[victim]
			if victim > 0 {
				size -= ends[victim-1]
			}
			if !slices.Equal(got, slices.Delete(slices.Clone(bodies), victim, victim+1)) || b.Damaged != int64(size) {
				t.Fatalf("byte %d ^ %x: got %q, %d bytes damaged of %d", at, mask, got, b.Damaged, size)
			}
			if victim == 1 && b.Missing != 1 {
				t.Errorf("byte %d: %d records missing", at, b.Missing)
			}
			shut(t, q)
		}
	}
}

// A peer that knows the format puts whole records into the body of a message. No
// damage around them makes records of them.
func TestFramesInBodiesAreNeverRecords(t *testing.T) {
	evil := newDisk()
	q, _ := mustOpen(t, evil, queue.Options{})
	for range 40 {
		add(t, q, "evil")
	}
	shut(t, q)
	body := string(evil.bytesOf("0.log"))
	for _, kept := range []int{0, 1, 5, 20, 500} { // bytes of the last record that a crash leaves
		d := newDisk()
		q, _ := mustOpen(t, d, queue.Options{})
		end := add(t, q, "good")
		add(t, q, body)
		shut(t, q)
		d.put("0.log", d.bytesOf("0.log")[:end.Offset+int64(kept)])
		for _, at := range []int{-1, 0, 1, 2, int(end.Offset) + 1} {
			if at >= 0 && at < len(d.bytesOf("0.log")) {
				d.flip("0.log", at, 0xFF)
			}
			q, _ = mustOpen(t, d, queue.Options{})
			for _, text := range take(t, reader(t, q, "x")) {
				if text != "good" {
					t.Errorf("%d bytes kept, byte %d changed: got %q", kept, at, text)
				}
			}
			shut(t, q)
		}
	}
}

func TestCheckpointsThatCannotBeRight(t *testing.T) {
	all := []string{"first", "second", "third"}
	full, ends := three(t, queue.Options{})
	f := func(checkpoint string, problem string, left ...string) {
		t.Helper()
		d := newDisk()
		d.put("3.log", full.bytesOf("0.log"))
		d.put("5.log", full.bytesOf("0.log"))
		d.put("checkpoint.txt", []byte(checkpoint))
		q, report := mustOpen(t, d, queue.Options{})
		defer q.Close()
		if problem == "" && len(report.Problems) != 0 || problem != "" && !strings.Contains(strings.Join(report.Problems, "\n"), problem) {
			t.Errorf("%q: problems %q", checkpoint, report.Problems)
		}
		if got := take(t, reader(t, q, "")); !slices.Equal(got, left) {
			t.Errorf("%q: got %q", checkpoint, got)
		}
	}
	both := slices.Concat(all, all)
	f("3 0", "", both...)
	f(fmt.Sprint("3 ", ends[0]), "", both[1:]...)
	f(fmt.Sprint("3 ", ends[2]), "", all...)
	f(fmt.Sprint("5 ", ends[1], "\n"), "", "third")
	f("1 77", "", both...)
	f("4 77", "", all...)
	f("", "invalid checkpoint format", both...)
	f("x y", "invalid checkpoint id", both...)
	f("5 10x", "invalid checkpoint offset", both...)
	f(strings.Repeat("5 ", 1000), "invalid checkpoint format", both...)
	f("5 3", "no record ends there", both...)
	f("6 0", "no such file", both...)
	f("2305843009213693951 5", "no such file", both...)
	f("9223372036854775807 5", "invalid checkpoint id", both...)
	f("5 9000", "behind the end of its file")
}

func TestNothingIsDeletedForACheckpointThatCannotBeRight(t *testing.T) {
	d, _ := three(t, queue.Options{MaxFileSize: 20})
	d.put("checkpoint.txt", []byte("99 0"))
	q, _ := mustOpen(t, d, queue.Options{})
	d.fail(opRename, fault{err: syscall.EIO}) // of the checkpoint that puts it right
	if err := q.Sync(); !errors.Is(err, syscall.EIO) {
		t.Fatal(err)
	}
	if n := q.Stats().Segments; n != 3 {
		t.Errorf("%d files left", n)
	}
	want(t, reader(t, q, ""), "first", "second", "third")
	shut(t, q)
	if got := d.bytesOf("checkpoint.txt"); len(got) == 0 || got[0] != '2' {
		t.Errorf("checkpoint %q", got)
	}
}

func TestMissingFileInTheMiddleIsCounted(t *testing.T) {
	d := newDisk()
	q, _ := mustOpen(t, d, queue.Options{MaxFileSize: 50})
	for i := range 6 {
		add(t, q, fmt.Sprintf("record %d is long", i))
	}
	shut(t, q)
	if err := d.fs().Remove("2.log"); err != nil {
		t.Fatal(err)
	}
	q, _ = mustOpen(t, d, queue.Options{})
	defer q.Close()
	r := reader(t, q, "")
	if n := len(take(t, r)); n != 5 {
		t.Errorf("%d records", n)
	}
	if st := q.Stats().Readers[0]; st.Missing != 1 || st.Damaged != 0 {
		t.Errorf("stats %+v", st)
	}
}

func TestDeliveredFilesAreKeptForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		opts := queue.Options{MaxFileSize: 100, MaxBufferSize: 300, KeepDelivered: time.Hour}
		q, _ := mustOpen(t, d, opts)
		r := reader(t, q, "")
		body := strings.Repeat("x", 80)
		for range 8 { // more than the bound, but delivered
			add(t, q, body)
			want(t, r, body)
		}
		time.Sleep(time.Minute)
		if n := q.Stats().Segments; n != 8 {
			t.Fatalf("%d files", n)
		}
		shut(t, q)
		time.Sleep(30 * time.Minute)
		q, _ = mustOpen(t, d, opts)
		defer q.Close()
		if err := q.Sync(); err != nil {
			t.Fatal(err)
		}
		if n := q.Stats().Segments; n != 8 {
			t.Fatalf("%d files after a restart", n)
		}
		time.Sleep(30 * time.Minute)
		if n := q.Stats().Segments; n != 1 {
			t.Errorf("%d files after an hour: %v", n, d.list())
		}
	})
}
