package queue_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/queue"
)

// FuzzSegment reads any bytes as a file of the queue, as the newest one and as
// one in the middle: nothing hangs or panics, every byte is accounted for, and
// both ways of reading agree.
func FuzzSegment(f *testing.F) {
	ours := newDisk()
	q, _ := mustOpen(f, ours, queue.Options{})
	add(f, q, "one", "two", "three")
	if _, _, err := q.Append([]queue.Record{{Body: []byte("four"), Loops: 300, Signer: "ops"}}); err != nil {
		f.Fatal(err)
	}
	shut(f, q)
	good := ours.bytesOf("0.log")
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add(slices.Concat(good, []byte("garbage"), good))
	f.Add([]byte("\x1e\x02\x08\x03\x1fabc\x1e\x02\x08\x00\x1f\x1e\x02\x08\x09\x1fcut"))
	f.Add([]byte("\x1e\x08\x75\x00\x00\x00\x00\x08\x01\x1fx"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		d := newDisk()
		d.put("1.log", data)
		d.put("2.log", good)
		d.put("3.log", data)
		size := int64(0)
		var walked []string
		dir, err := queue.Inspect(d.fs())
		if err != nil {
			t.Fatal(err)
		}
		if err := dir.Walk(queue.Position{}, func(it queue.Item) error {
			size += it.Damaged
			if it.Record.Body != nil {
				size += it.Record.End.Offset - it.Start.Offset
				walked = append(walked, string(it.Record.Body))
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if total := int64(2*len(data) + len(good)); size != total {
			t.Fatalf("%d bytes of %d accounted for", size, total)
		}
		q, _ := mustOpen(t, d, queue.Options{Fsync: queue.Never})
		defer q.Close()
		if got := take(t, reader(t, q, "")); !slices.Equal(got, walked) {
			t.Fatalf("reader got %q, walk %q", got, walked)
		}
		add(t, q, "new")
	})
}

// FuzzDamage overwrites the middle one of three records with any bytes: the
// others come through, and it does not.
func FuzzDamage(f *testing.F) {
	f.Add([]byte(strings.Repeat("x", 30)), byte(3))
	f.Add([]byte("\x1e\x08\x75\x00\x00\x00\x00\x08\x03\x1fxyz\x1e\x08\x75\x00\x00\x00\x00\x08\x7f\x1f"), byte(100))
	f.Add(bytes.Repeat([]byte{0x1E}, 100), byte(0))
	f.Fuzz(func(t *testing.T, damage []byte, fill byte) {
		d := newDisk()
		q, _ := mustOpen(t, d, queue.Options{Fsync: queue.Never})
		from := add(t, q, "first").Offset
		victim := strings.Repeat(string(rune(fill&0x7F)), len(damage))
		to := add(t, q, victim).Offset
		end := add(t, q, "third").Offset
		shut(t, q)
		data := bytes.Clone(d.bytesOf("0.log"))
		if int64(len(data)) != end {
			t.Fatal("file size")
		}
		n := copy(data[from:to], damage)
		intact := bytes.Equal(data, d.bytesOf("0.log"))
		for i := int(from) + n; i < int(to); i++ {
			data[i] ^= fill | 1
			intact = false
		}
		d.put("0.log", data)
		q, _ = mustOpen(t, d, queue.Options{Fsync: queue.Never})
		defer q.Close()
		wanted := []string{"first", "third"}
		if intact {
			wanted = []string{"first", victim, "third"}
		}
		if got := take(t, reader(t, q, "")); !slices.Equal(got, wanted) {
			t.Fatalf("got %q", got)
		}
	})
}

// FuzzCheckpoint opens a queue with any bytes in a checkpoint file: what is read
// is the end of what is there, and nothing is lost for bytes that are no position.
func FuzzCheckpoint(f *testing.F) {
	for _, text := range []string{"", "0 0", "0 25", "0 9999", "1 0", "7 7", " 0 25\n", "0", "x 1", "0 -1", "99999999999999999999 1", "0 25 7"} {
		f.Add([]byte(text))
	}
	all := []string{"first", "second", "third"}
	f.Fuzz(func(t *testing.T, text []byte) {
		d := newDisk()
		q, _ := mustOpen(t, d, queue.Options{Fsync: queue.Never})
		add(t, q, all[0])
		add(t, q, all[1:]...)
		shut(t, q)
		d.put("checkpoint.txt", text)
		q, report := mustOpen(t, d, queue.Options{Fsync: queue.Never})
		defer q.Close()
		got := take(t, reader(t, q, ""))
		if len(got) > len(all) || !slices.Equal(got, all[len(all)-len(got):]) {
			t.Fatalf("%q: got %q", text, got)
		}
		if _, err := queue.ParsePosition(string(text)); err != nil && (len(got) != len(all) || len(report.Problems) == 0) {
			t.Fatalf("%q: got %q, problems %q", text, got, report.Problems)
		}
		add(t, q, "new")
		want(t, reader(t, q, "other"), append(all, "new")...)
	})
}
