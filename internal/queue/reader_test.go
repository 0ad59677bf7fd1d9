package queue_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/queue"
)

func TestAckRefusesPositionsOutsideOfTheHand(t *testing.T) {
	q := open(t, t.TempDir(), queue.Options{})
	r := reader(t, q, "")
	first := add(t, q, "a")
	if err := r.Ack(first); err != queue.ErrUnread {
		t.Errorf("unread: %v", err)
	}
	second := add(t, q, "b")
	if _, err := r.Poll(); err != nil {
		t.Fatal(err)
	}
	for i, step := range []struct {
		pos  queue.Position
		want error
	}{{second, nil}, {second, nil}, {first, queue.ErrPassed}, {queue.Position{Segment: second.Segment + 1}, queue.ErrUnread}} {
		if err := r.Ack(step.pos); err != step.want {
			t.Errorf("step %d: got %v, want %v", i, err, step.want)
		}
	}
	if got := r.Acked(); got != second {
		t.Errorf("acked %v", got)
	}
}

func TestReadersHaveTheirOwnPositionsAndHoldRecords(t *testing.T) {
	dir := t.TempDir()
	opts := queue.Options{MaxFileSize: 300}
	q := open(t, dir, opts)
	a, b := reader(t, q, "a"), reader(t, q, "b-2")
	if _, err := q.Reader("a"); err == nil {
		t.Error("reader opened twice")
	}
	if _, err := q.Reader("../x"); err == nil {
		t.Error("reader with a path accepted")
	}
	var all []string
	for i := range 20 {
		all = append(all, fmt.Sprintf("%02d %s", i, strings.Repeat("x", 30)))
		add(t, q, all[i])
	}
	want(t, a, all...)
	got, err := b.Poll()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Ack(got.Records[4].End); err != nil {
		t.Fatal(err)
	}
	shut(t, q)

	q = open(t, dir, opts)
	st := q.Stats()
	if len(st.Readers) != 2 || st.Readers[0].Records != 0 || st.Readers[1].Records != 15 || st.Records != 15 || st.Oldest.IsZero() {
		t.Errorf("stats %+v", st)
	}
	want(t, reader(t, q, "a"))
	b = reader(t, q, "b-2")
	add(t, q, "new")
	want(t, b, append(all[5:], "new")...)
	if err := q.RemoveReader("b-2"); err == nil {
		t.Error("open reader removed")
	}
	b.Close()
	if err := q.RemoveReader("b-2"); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "checkpoint-b-2.txt")); !os.IsNotExist(err) {
		t.Errorf("checkpoint is still there: %v", err)
	}
}

func TestReaderOpenedAgainBeginsWithWhatWasNotAcknowledged(t *testing.T) {
	q := open(t, t.TempDir(), queue.Options{})
	r := reader(t, q, "")
	add(t, q, "a", "b", "c")
	b, err := r.Poll()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Ack(b.Records[0].End); err != nil {
		t.Fatal(err)
	}
	r.Close()
	if _, err := r.Poll(); err != queue.ErrClosed {
		t.Errorf("got %v", err)
	}
	want(t, reader(t, q, ""), "b", "c")
}

func TestReaderThatKeepsUpNeverReadsTheDisk(t *testing.T) {
	d := newDisk()
	q, _ := mustOpen(t, d, queue.Options{MaxFileSize: 100 << 10})
	defer q.Close()
	r := reader(t, q, "")
	recs := batch(100, 400)
	pass := func() {
		t.Helper()
		put(t, q, recs)
		if n := len(take(t, r)); n != len(recs) {
			t.Fatalf("%d records", n)
		}
	}
	for range 100 {
		pass()
	}
	if d.calls[opRead] != 0 || q.Stats().InMemory > 1<<20 {
		t.Errorf("%d reads, %d bytes in memory", d.calls[opRead], q.Stats().InMemory)
	}
	for range 100 { // more than is kept in memory
		put(t, q, recs)
	}
	if n := len(take(t, r)); n != 100*len(recs) || d.calls[opRead] == 0 {
		t.Errorf("%d records, %d reads", n, d.calls[opRead])
	}
	caughtUp := d.calls[opRead]
	for range 100 {
		pass()
	}
	if d.calls[opRead] != caughtUp {
		t.Errorf("%d more reads", d.calls[opRead]-caughtUp)
	}
}
