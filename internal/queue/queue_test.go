package queue_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/internal/queue"
)

// open opens a queue on a real directory and closes it with the test.
func open(t testing.TB, dir string, opts queue.Options) *queue.Queue {
	t.Helper()
	q, report, err := queue.Open(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range report.Problems {
		t.Errorf("problem: %s", p)
	}
	t.Cleanup(func() { shut(t, q) })
	return q
}

func shut(t testing.TB, q *queue.Queue) {
	t.Helper()
	if err := q.Close(); err != nil {
		t.Error(err)
	}
}

func reader(t testing.TB, q *queue.Queue, name string) *queue.Reader {
	t.Helper()
	r, err := q.Reader(name)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// add appends records with the given bodies.
func add(t testing.TB, q *queue.Queue, bodies ...string) queue.Position {
	t.Helper()
	end, err := tryAdd(q, bodies...)
	if err != nil {
		t.Fatal(err)
	}
	return end
}

func tryAdd(q *queue.Queue, bodies ...string) (queue.Position, error) {
	var recs []queue.Record
	for _, b := range bodies {
		recs = append(recs, queue.Record{Body: []byte(b)})
	}
	_, end, err := q.Append(recs)
	return end, err
}

// want checks that exactly these bodies come next, and acknowledges them.
func want(t testing.TB, r *queue.Reader, bodies ...string) {
	t.Helper()
	got := take(t, r)
	if !slices.Equal(got, bodies) {
		t.Fatalf("got %.300q, want %.300q", got, bodies)
	}
}

// take reads and acknowledges all there is.
func take(t testing.TB, r *queue.Reader) []string {
	t.Helper()
	var got []string
	for {
		b, err := r.Poll()
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Records) == 0 && b.Damaged == 0 {
			return got
		}
		for _, rec := range b.Records {
			got = append(got, string(rec.Body))
		}
		if err := r.Ack(b.End); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRecordsComeBackInOrderInThisRunAndTheNext(t *testing.T) {
	dir := t.TempDir()
	q := open(t, dir, queue.Options{})
	r := reader(t, q, "")
	add(t, q, "a", "b")
	add(t, q, "c")
	want(t, r, "a", "b", "c")
	add(t, q, "d", "", "f")
	b, err := r.Poll()
	if err != nil || len(b.Records) != 3 {
		t.Fatalf("%d records, %v", len(b.Records), err)
	}
	if err := r.Ack(b.Records[0].End); err != nil {
		t.Fatal(err)
	}
	shut(t, q)
	q = open(t, dir, queue.Options{})
	add(t, q, "g")
	want(t, reader(t, q, ""), "", "f", "g")
}

func TestRecordsKeepWhatIsBesideThem(t *testing.T) {
	d := newDisk()
	q, _ := mustOpen(t, d, queue.Options{})
	in := []queue.Record{
		{Body: []byte("plain")},
		{Body: bytes.Repeat([]byte("x"), 20000), Loops: 3},
		{Body: []byte("signed"), Signer: "ops"},
		{Body: []byte("both"), Loops: 1 << 31, Signer: strings.Repeat("s", queue.MaxSigner)},
	}
	check := func(q *queue.Queue) {
		t.Helper()
		b, err := reader(t, q, "").Poll()
		if err != nil || len(b.Records) != len(in) {
			t.Fatalf("%d records, %v", len(b.Records), err)
		}
		for i, got := range b.Records {
			if !bytes.Equal(got.Body, in[i].Body) || got.Loops != in[i].Loops || got.Signer != in[i].Signer || got.Time.IsZero() {
				t.Errorf("record %d: got loops %d, signer %q, time %v", i, got.Loops, got.Signer, got.Time)
			}
		}
	}
	if n, _, err := q.Append(in); n != len(in) || err != nil {
		t.Fatal(n, err)
	}
	check(q) // from memory
	shut(t, q)
	q, _ = mustOpen(t, d, queue.Options{})
	defer q.Close()
	check(q) // from disk
}

func TestNextWakesForAppendCloseAndContext(t *testing.T) {
	q := open(t, t.TempDir(), queue.Options{})
	r := reader(t, q, "")
	got := make(chan string)
	next := func(ctx context.Context) {
		b, err := r.Next(ctx)
		if err != nil {
			got <- err.Error()
			return
		}
		got <- string(b.Records[0].Body)
	}
	go next(t.Context())
	add(t, q, "first")
	if text := <-got; text != "first" {
		t.Error(text)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go next(ctx)
	cancel()
	if text := <-got; text != context.Canceled.Error() {
		t.Error(text)
	}
	go next(t.Context())
	shut(t, q)
	if text := <-got; text != queue.ErrClosed.Error() {
		t.Error(text)
	}
}

func TestLimitsOfRecords(t *testing.T) {
	q := open(t, t.TempDir(), queue.Options{MaxBody: 10})
	recs := []queue.Record{{Body: []byte("one")}, {Body: make([]byte, 11)}, {Body: []byte("three")}}
	n, end, err := q.Append(recs)
	var tooBig *framing.BodyError
	if n != 1 || !errors.As(err, &tooBig) || tooBig.Size != 11 {
		t.Fatalf("got %d, %v", n, err)
	}
	if end != q.Stats().End {
		t.Errorf("end %v", end)
	}
	if n, _, err := q.Append([]queue.Record{{Signer: strings.Repeat("s", queue.MaxSigner+1)}}); n != 0 || err == nil {
		t.Errorf("long signer: %d, %v", n, err)
	}
	if n, _, err := q.Append(recs[2:]); n != 1 || err != nil {
		t.Errorf("rest: %d, %v", n, err)
	}
	want(t, reader(t, q, ""), "one", "three")
}

// The figures are those of Heka 0.10 with bodies of 110 bytes.
func TestSizesAtWhichQueuesAreFullAndFilesEnd(t *testing.T) {
	body := strings.Repeat("x", 110)
	f := func(opts queue.Options, accepted, files int) {
		t.Helper()
		q := open(t, t.TempDir(), opts)
		n := 0
		for n < 3 {
			if _, err := tryAdd(q, body); err != nil {
				break
			}
			n++
		}
		if st := q.Stats(); n != accepted || st.Segments != files {
			t.Errorf("%d records accepted in %d files, want %d in %d", n, st.Segments, accepted, files)
		}
	}
	f(queue.Options{MaxBufferSize: 200}, 1, 1)
	f(queue.Options{MaxBufferSize: 50}, 0, 0)
	f(queue.Options{MaxBufferSize: 120}, 1, 1)
	f(queue.Options{MaxFileSize: 300}, 3, 2)
	f(queue.Options{}, 3, 1)
}

// In Heka 0.10 such a queue was full for ever after it had filled once.
func TestQueueSmallerThanItsFileNeverStaysFull(t *testing.T) {
	q := open(t, t.TempDir(), queue.Options{MaxBufferSize: 2000})
	r := reader(t, q, "")
	body := strings.Repeat("x", 300)
	for round := range 50 {
		n := 0
		for {
			_, err := tryAdd(q, body)
			if errors.Is(err, queue.ErrFull) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if n < 5 || n > 6 {
			t.Fatalf("round %d: %d records fitted", round, n)
		}
		if got := take(t, r); len(got) != n {
			t.Fatalf("round %d: %d records read of %d", round, len(got), n)
		}
	}
}

func TestWaitSpaceEndsWhenThereIsRoom(t *testing.T) {
	q := open(t, t.TempDir(), queue.Options{MaxBufferSize: 200})
	r := reader(t, q, "")
	body := strings.Repeat("x", 150)
	add(t, q, body)
	if _, err := tryAdd(q, body); !errors.Is(err, queue.ErrFull) {
		t.Fatalf("got %v", err)
	}
	done := make(chan error)
	wait := func(ctx context.Context) { done <- q.WaitSpace(ctx, len(body)) }
	ctx, cancel := context.WithCancel(t.Context())
	go wait(ctx)
	cancel()
	if err := <-done; err != context.Canceled {
		t.Fatalf("got %v", err)
	}
	go wait(t.Context())
	want(t, r, body)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	add(t, q, body)
	go wait(t.Context())
	shut(t, q)
	if err := <-done; err != queue.ErrClosed {
		t.Fatalf("got %v", err)
	}
}

func TestRecordThatNeverFitsIsNotFull(t *testing.T) {
	q := open(t, t.TempDir(), queue.Options{MaxBufferSize: 100})
	if _, err := tryAdd(q, strings.Repeat("x", 101)); err == nil || errors.Is(err, queue.ErrFull) {
		t.Fatalf("got %v", err)
	}
}

func TestSecondQueueOnADirectoryIsRefused(t *testing.T) {
	dir := t.TempDir()
	q := open(t, dir, queue.Options{})
	_, _, err := queue.Open(dir, queue.Options{})
	if !errors.Is(err, queue.ErrLocked) || !strings.Contains(err.Error(), fmt.Sprintf("process %d", os.Getpid())) {
		t.Fatalf("got %v", err)
	}
	shut(t, q)
	open(t, dir, queue.Options{})
}

func TestEverythingIsRefusedAfterClose(t *testing.T) {
	q := open(t, t.TempDir(), queue.Options{})
	r := reader(t, q, "")
	end := add(t, q, "a")
	shut(t, q)
	_, err := tryAdd(q, "b")
	_, pollErr := r.Poll()
	_, readerErr := q.Reader("x")
	for i, err := range []error{err, pollErr, readerErr, r.Ack(end), q.Sync(), q.WaitSpace(t.Context(), 1)} {
		if err != queue.ErrClosed {
			t.Errorf("%d: got %v", i, err)
		}
	}
	shut(t, q)
}

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

func TestDeliveredFilesAreDeleted(t *testing.T) {
	dir := t.TempDir()
	q := open(t, dir, queue.Options{MaxFileSize: 1000})
	r := reader(t, q, "")
	for range 30 {
		add(t, q, strings.Repeat("x", 300))
	}
	if n := q.Stats().Segments; n < 10 {
		t.Fatalf("%d files", n)
	}
	take(t, r)
	if err := q.Sync(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.log"))
	if err != nil || len(files) != 1 {
		t.Errorf("files %v, %v", files, err)
	}
	if st := q.Stats(); st.Segments != 1 || st.Bytes != 0 || st.Records != 0 || !st.Oldest.IsZero() {
		t.Errorf("stats %+v", st)
	}
}

func TestStatsOfABacklog(t *testing.T) {
	dir := t.TempDir()
	q := open(t, dir, queue.Options{})
	r := reader(t, q, "")
	for range 10 {
		add(t, q, "a", "b", "c")
	}
	b, err := r.Poll()
	if err != nil || len(b.Records) != 30 {
		t.Fatalf("%d records, %v", len(b.Records), err)
	}
	if st := q.Stats(); st.Records != 30 || st.Bytes != st.OnDisk || st.Appended != 30 || st.Bytes != st.End.Offset {
		t.Errorf("stats %+v", st)
	}
	if err := r.Ack(b.Records[9].End); err != nil {
		t.Fatal(err)
	}
	shut(t, q)
	q = open(t, dir, queue.Options{})
	if st := q.Stats(); st.Records != 20 || st.Oldest.IsZero() || st.Readers[0].Records != 20 {
		t.Errorf("after the restart: stats %+v", st)
	}
	// Behind the position only records of the same write follow, without numbers.
	r = reader(t, q, "")
	if b, err = r.Poll(); err != nil || len(b.Records) != 20 {
		t.Fatalf("%d records, %v", len(b.Records), err)
	}
	if err := r.Ack(b.Records[17].End); err != nil {
		t.Fatal(err)
	}
	shut(t, q)
	q = open(t, dir, queue.Options{})
	if st := q.Stats(); st.Records != 2 {
		t.Errorf("with a part of a write: stats %+v", st)
	}
}

func TestProducersAndReadersAtOnce(t *testing.T) {
	const producers, batches, size = 4, 60, 7
	q := open(t, t.TempDir(), queue.Options{MaxFileSize: 20 << 10, MaxBufferSize: 40 << 10, Fsync: queue.Always, Memory: 1})
	var wg sync.WaitGroup
	for p := range producers {
		wg.Go(func() {
			var recs []queue.Record
			for i := range batches * size {
				recs = append(recs, queue.Record{Body: fmt.Appendf(nil, "%d %d %s", p, i, strings.Repeat("x", i%200))})
			}
			for i := 0; i < len(recs); i += size {
				for todo := recs[i : i+size]; len(todo) > 0; {
					n, end, err := q.Append(todo)
					todo = todo[n:]
					if n > 0 {
						durable := make(chan error, 1)
						q.Notify(end, func(err error) { durable <- err })
						if err := <-durable; err != nil {
							t.Error(err)
						}
					}
					if errors.Is(err, queue.ErrFull) {
						err = q.WaitSpace(t.Context(), len(todo[0].Body))
					}
					if err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	for _, name := range []string{"", "a"} {
		r := reader(t, q, name)
		wg.Go(func() {
			var next [producers]int
			for total := 0; total < producers*batches*size; {
				b, err := r.Next(t.Context())
				if err != nil || b.Damaged > 0 {
					t.Errorf("damaged %d, %v", b.Damaged, err)
					return
				}
				for _, rec := range b.Records {
					var p, i int
					if _, err := fmt.Sscanf(string(rec.Body), "%d %d", &p, &i); err != nil || next[p] != i {
						t.Errorf("producer %d: record %d instead of %d, %v", p, i, next[p], err)
						return
					}
					next[p]++
				}
				total += len(b.Records)
				if err := r.Ack(b.End); err != nil {
					t.Error(err)
				}
				_ = q.Stats()
			}
		})
	}
	wg.Wait()
}

func TestCheckOfOptions(t *testing.T) {
	err := queue.Options{MaxFileSize: 65793}.Check()
	if err == nil || err.Error() != "`max_file_size` must be greater than maximum record size of 65794" {
		t.Errorf("got %v", err)
	}
	if err := (queue.Options{MaxFileSize: 65794}).Check(); err != nil {
		t.Error(err)
	}
	if err := (queue.Options{}).Check(); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]queue.Fsync{"always": queue.Always, "interval": queue.Interval, "never": queue.Never} {
		if got, err := queue.ParseFsync(name); got != want || err != nil {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
	if _, err := queue.ParseFsync("sometimes"); err == nil {
		t.Error("sometimes accepted")
	}
}
