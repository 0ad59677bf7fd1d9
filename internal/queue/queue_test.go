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
