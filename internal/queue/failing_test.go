package queue_test

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hekad/heka/internal/queue"
)

func TestFailedWriteLeavesWholeRecords(t *testing.T) {
	for _, truncates := range []bool{true, false} {
		for after := range 60 {
			d := newDisk()
			q, _ := mustOpen(t, d, queue.Options{})
			r := reader(t, q, "")
			add(t, q, "before")
			d.fail(opWrite, fault{syscall.EIO, after})
			if !truncates {
				d.fail(opTruncate, fault{err: syscall.EIO})
			}
			if _, err := tryAdd(q, "never", "never"); !errors.Is(err, syscall.EIO) {
				t.Fatalf("got %v", err)
			}
			add(t, q, "behind")
			want(t, r, "before", "behind")
			shut(t, q)
			q, report := mustOpen(t, d, queue.Options{})
			if report.Torn != 0 {
				t.Errorf("%d bytes: %+v", after, report)
			}
			want(t, reader(t, q, ""))
			shut(t, q)
		}
	}
}

func TestFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		q, _ := mustOpen(t, d, queue.Options{})
		defer q.Close()
		for _, o := range []op{opCreate, opWrite} {
			d.fail(o, fault{syscall.ENOSPC, 10})
			if _, err := tryAdd(q, "record"); !errors.Is(err, queue.ErrFull) {
				t.Fatalf("%s: got %v", o, err)
			}
			d.free = 0
			done := make(chan error)
			go func() { done <- q.WaitSpace(t.Context(), 6) }()
			synctest.Wait()
			select {
			case err := <-done:
				t.Fatalf("%s: did not wait: %v", o, err)
			default:
			}
			d.mu.Lock()
			d.free = 1 << 20
			d.mu.Unlock()
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			add(t, q, "record")
		}
		want(t, reader(t, q, ""), "record", "record")
	})
}

func TestMinFreeStopsWritingAndDeliveredFilesGiveWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		d.free = 2000
		q, _ := mustOpen(t, d, queue.Options{MinFree: 1500, MaxFileSize: 100, KeepDelivered: time.Hour})
		defer q.Close()
		r := reader(t, q, "")
		body := strings.Repeat("x", 80)
		for range 3 {
			add(t, q, body)
		}
		take(t, r)
		if err := q.Sync(); err != nil {
			t.Fatal(err)
		}
		if n := q.Stats().Segments; n != 3 {
			t.Fatalf("%d files kept", n)
		}
		d.free = 1500
		for {
			if _, err := tryAdd(q, body); err != nil {
				if !errors.Is(err, queue.ErrFull) {
					t.Fatal(err)
				}
				break
			}
		}
		if n := q.Stats().Segments; n > 2 {
			t.Errorf("%d files left", n)
		}
		d.mu.Lock()
		d.free = 1 << 20
		d.mu.Unlock()
		if err := q.WaitSpace(t.Context(), len(body)); err != nil {
			t.Fatal(err)
		}
		add(t, q, body)
	})
}

func TestFailedSyncStopsTheQueueUntilItIsOpenedAgain(t *testing.T) {
	for _, o := range []op{opSync, opSyncDir} {
		d := newDisk()
		var told []error
		opts := queue.Options{Interval: time.Hour, OnError: func(err error) { told = append(told, err) }}
		q, _ := mustOpen(t, d, opts)
		r := reader(t, q, "")
		end := add(t, q, "a")
		var notified []error
		q.Notify(end, func(err error) { notified = append(notified, err) })
		d.fail(o, fault{err: syscall.EIO})
		if err := q.Sync(); !errors.Is(err, syscall.EIO) {
			t.Errorf("%s: sync: %v", o, err)
		}
		if len(notified) != 1 || !errors.Is(notified[0], syscall.EIO) || len(told) == 0 {
			t.Errorf("%s: notified %v, told %v", o, notified, told)
		}
		if _, err := tryAdd(q, "b"); !errors.Is(err, syscall.EIO) {
			t.Errorf("%s: append: %v", o, err)
		}
		if err := q.WaitSpace(t.Context(), 1); !errors.Is(err, syscall.EIO) {
			t.Errorf("%s: wait: %v", o, err)
		}
		q.Notify(end, func(err error) { notified = append(notified, err) })
		if len(notified) != 2 || notified[1] == nil {
			t.Errorf("%s: notified %v", o, notified)
		}
		want(t, r, "a") // what is there is still delivered
		if err := q.Close(); !errors.Is(err, syscall.EIO) {
			t.Errorf("%s: close: %v", o, err)
		}
		q, _ = mustOpen(t, d, queue.Options{})
		add(t, q, "b")
		shut(t, q)
	}
}

func TestFailedCheckpointIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDisk()
		told := 0
		q, _ := mustOpen(t, d, queue.Options{OnError: func(error) { told++ }})
		r := reader(t, q, "")
		end := add(t, q, "a")
		time.Sleep(time.Second)
		for _, o := range []op{opRename, opCreate, opWrite, opSync, opSyncDir} {
			d.fail(o, fault{err: syscall.EIO})
			want(t, r, "a")
			time.Sleep(time.Minute)
			if got := string(d.bytesOf("checkpoint.txt")); got != end.String() || told == 0 {
				t.Errorf("%s: checkpoint %q, told %d", o, got, told)
			}
			told = 0
			end = add(t, q, "a")
			time.Sleep(time.Minute)
		}
		shut(t, q)
	})
}

func TestReadErrorIsNotDamage(t *testing.T) {
	d, _ := three(t, queue.Options{})
	q, _ := mustOpen(t, d, queue.Options{})
	defer q.Close()
	r := reader(t, q, "")
	for _, o := range []op{opOpen, opRead} {
		d.fail(o, fault{err: syscall.EIO})
		if _, err := r.Poll(); !errors.Is(err, syscall.EIO) {
			t.Errorf("%s: got %v", o, err)
		}
	}
	want(t, r, "first", "second", "third")
}

func TestOpenFailsOnlyWhenTheDirectoryIsOfNoUse(t *testing.T) {
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := queue.Open(file+"/queue", queue.Options{}); err == nil {
		t.Error("queue inside of a file")
	}
}
