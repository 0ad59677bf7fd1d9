package queue_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/queue"
)

// childDirectory is set in the environment of a process that appends to the
// queue in that directory until it is killed.
const childDirectory = "HEKA_TEST_QUEUE"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDirectory); dir != "" {
		if err := appendForEver(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// appendForEver appends batches of ten numbered records and prints the number
// behind each batch once Append has returned.
func appendForEver(dir string) error {
	q, _, err := queue.Open(dir, queue.Options{MaxFileSize: 100 << 10})
	if err != nil {
		return err
	}
	for n := 0; ; {
		var recs []queue.Record
		for range 10 {
			recs = append(recs, queue.Record{Body: fmt.Appendf(nil, "%d %s", n, strings.Repeat("x", n%500))})
			n++
		}
		if _, _, err := q.Append(recs); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

func TestKilledProcessLosesNothing(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	child := exec.Command(exe)
	child.Env = append(os.Environ(), childDirectory+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	written := 0
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, err := fmt.Sscan(lines.Text(), &written); err != nil {
			break // cut off by the kill
		}
		if written == 5000 {
			if _, _, err := queue.Open(dir, queue.Options{}); !errors.Is(err, queue.ErrLocked) {
				t.Errorf("opened beside a living process: %v", err)
			}
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := child.Wait(); err == nil {
		t.Fatal("child ended by itself")
	}
	q, report, err := queue.Open(dir, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	got := take(t, reader(t, q, ""))
	if len(got) < written || written < 5000 || report.Damaged != 0 {
		t.Fatalf("%d records of %d, report %+v", len(got), written, report)
	}
	for i, body := range got {
		if !strings.HasPrefix(body, fmt.Sprint(i, " ")) {
			t.Fatalf("record %d is %.20q", i, body)
		}
	}
}

func TestMinFreeAndKeptFilesOnARealDisk(t *testing.T) {
	dir := t.TempDir()
	free, err := queue.Dir(dir).Free()
	if err != nil || free == 0 {
		t.Fatalf("%d bytes free, %v", free, err)
	}
	q := open(t, dir, queue.Options{MinFree: 1 << 60})
	if _, err := tryAdd(q, "x"); !errors.Is(err, queue.ErrFull) {
		t.Errorf("got %v", err)
	}
	shut(t, q)

	q = open(t, dir, queue.Options{MinFree: 1, MaxFileSize: 50, KeepDelivered: time.Hour})
	r := reader(t, q, "")
	for range 5 {
		add(t, q, "a record that is long")
	}
	<-r.Ready()
	take(t, r)
	before := time.Now().Add(-time.Second)
	if err := q.Sync(); err != nil {
		t.Fatal(err)
	}
	d, err := queue.Inspect(queue.Dir(dir))
	if err != nil || len(d.Segments) != 5 || d.Segments[0].Changed.Before(before) {
		t.Errorf("%+v, %v", d, err)
	}
}
