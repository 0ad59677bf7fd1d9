package queue_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/internal/queue"
)

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
