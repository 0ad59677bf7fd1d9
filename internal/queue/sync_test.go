package queue_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hekad/heka/internal/queue"
)

// slowSync lets a test decide when a sync happens.
type slowSync struct {
	queue.FS
	began, go_ chan struct{}
}

type slowFile struct {
	queue.File
	fs *slowSync
}

func (s *slowSync) Create(name string) (queue.File, error) {
	f, err := s.FS.Create(name)
	if err != nil || !strings.HasSuffix(name, ".log") {
		return f, err
	}
	return &slowFile{f, s}, nil
}

func (f *slowFile) Sync() error {
	f.fs.began <- struct{}{}
	<-f.fs.go_
	return f.File.Sync()
}

func TestAppendsDuringASyncShareTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fs := &slowSync{newDisk().fs(), make(chan struct{}), make(chan struct{})}
		q, _, err := queue.OpenFS(fs, queue.Options{Fsync: queue.Always})
		if err != nil {
			t.Fatal(err)
		}
		durable := 0
		notify := func(err error) {
			if err != nil {
				t.Error(err)
			}
			durable++
		}
		q.Notify(add(t, q, "first"), notify)
		<-fs.began
		for range 10 {
			q.Notify(add(t, q, "more"), notify)
		}
		fs.go_ <- struct{}{}
		<-fs.began
		if durable != 1 {
			t.Errorf("%d durable after the first sync", durable)
		}
		fs.go_ <- struct{}{}
		synctest.Wait()
		if st := q.Stats(); durable != 11 || st.Syncs != 2 || st.Durable != st.End {
			t.Errorf("%d durable, %d syncs", durable, st.Syncs)
		}
		shut(t, q)
	})
}

func TestIntervalsBetweenSyncs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, _ := mustOpen(t, newDisk(), queue.Options{Interval: time.Second})
		defer q.Close()
		start := time.Now()
		for range 10 {
			end := add(t, q, "record")
			time.Sleep(300 * time.Millisecond)
			if q.Stats().Durable == end {
				break
			}
		}
		if took := time.Since(start); q.Stats().Syncs != 1 || took != 1200*time.Millisecond {
			t.Errorf("%d syncs in %v", q.Stats().Syncs, took)
		}
		time.Sleep(time.Hour)
		if n := q.Stats().Syncs; n != 1 {
			t.Errorf("%d syncs of an idle queue", n)
		}
	})
}

func TestNeverModeDoesNotSync(t *testing.T) {
	d := newDisk()
	q, _ := mustOpen(t, d, queue.Options{Fsync: queue.Never, MaxFileSize: 50})
	r := reader(t, q, "")
	for range 5 {
		q.Notify(add(t, q, "a long enough record"), func(err error) {
			if err != nil {
				t.Error(err)
			}
		})
	}
	take(t, r)
	shut(t, q)
	if d.calls[opSync]+d.calls[opSyncDir] != 0 {
		t.Errorf("calls %v", d.calls)
	}
}

func TestCheckpointIsWrittenAfterSoManyAcknowledgements(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		q, _ := mustOpen(t, d, queue.Options{CheckpointEvery: 3, Fsync: queue.Always})
		defer q.Close()
		r := reader(t, q, "")
		add(t, q, "a", "b", "c", "d", "e")
		b, err := r.Poll()
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		for i, rec := range b.Records[:4] {
			if err := r.Ack(rec.End); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			wanted := "0 0"
			if i >= 2 {
				wanted = b.Records[2].End.String()
			}
			if got := string(d.bytesOf("checkpoint.txt")); got != wanted {
				t.Errorf("after %d: %q instead of %q", i+1, got, wanted)
			}
		}
	})
}
