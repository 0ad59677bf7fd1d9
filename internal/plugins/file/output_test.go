package file

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/plugin"
)

// newTestOutput builds an output for a path, prepared.
func newTestOutput(t *testing.T, path string, change func(*OutputConfig)) (*Output, *feedtest.Log) {
	t.Helper()
	env, log := feedtest.Env(t, "fout")
	o := feedtest.Build[*Output](t, Plugins(), "FileOutput", env, func(c *OutputConfig) { c.Path = path }, change)
	if err := o.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Close() })
	return o, log
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	return string(b)
}

func holds(t *testing.T, path, want string) {
	t.Helper()
	if got := read(t, path); got != want {
		t.Errorf("%s holds %q, want %q", filepath.Base(path), got, want)
	}
}

// delivered waits until n messages count as delivered.
func delivered(t *testing.T, l *feedtest.Ledger, n int) {
	t.Helper()
	patience := time.After(feedtest.Patience)
	for {
		changed := l.Changed()
		if got := l.Delivered(); got == n {
			return
		} else if got > n {
			t.Fatalf("%d messages are delivered, want %d", got, n)
		}
		select {
		case <-changed:
		case <-patience:
			t.Fatalf("%d messages are delivered, want %d", l.Delivered(), n)
		}
	}
}

// undelivered says that the number of delivered messages stays at n, with no sync
// under way.
func undelivered(t *testing.T, o *Output, l *feedtest.Ledger, n int) {
	t.Helper()
	o.syncer.wait()
	if got := l.Delivered(); got != n {
		t.Errorf("%d messages are delivered, want %d", got, n)
	}
}

func TestDefaultsWriteAtTheInterval(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new/folder/out.log")
	o, _ := newTestOutput(t, path, nil)
	if o.FlushInterval() != time.Second {
		t.Errorf("interval %v", o.FlushInterval())
	}
	var l feedtest.Ledger
	must(t, l.Messages("a", "skip", "bad", "b").Send(t.Context(), o, false))
	must(t, l.Messages("c").Send(t.Context(), o, true))
	holds(t, path, "")
	undelivered(t, o, &l, 0)
	must(t, o.Flush(t.Context()))
	holds(t, path, "a\nb\nc\n")
	delivered(t, &l, 4)
	if l.Dropped("encode") != 1 || l.Held() != 0 {
		t.Errorf("dropped %d, held %d", l.Dropped("encode"), l.Held())
	}
	must(t, l.Messages("skip").Send(t.Context(), o, false))
	must(t, o.Flush(t.Context()))
	delivered(t, &l, 5)
	info, err := os.Stat(path)
	must(t, err)
	folder, err := os.Stat(filepath.Dir(path))
	must(t, err)
	if info.Mode().Perm() != 0o644 || folder.Mode().Perm() != 0o700 {
		t.Errorf("modes %v, %v", info.Mode(), folder.Mode())
	}
}

func TestFlushRules(t *testing.T) {
	type step struct {
		do   string // payload to send, or "timer"
		acks int    // messages delivered afterwards
	}
	f := func(name, operator string, count, interval uint32, steps ...step) {
		t.Run(name, func(t *testing.T) {
			o, _ := newTestOutput(t, filepath.Join(t.TempDir(), "f"), func(c *OutputConfig) {
				c.FlushOperator, c.FlushCount, c.FlushInterval = operator, count, interval
			})
			var l feedtest.Ledger
			for _, s := range steps {
				if s.do == "timer" {
					must(t, o.Flush(t.Context()))
				} else {
					must(t, l.Messages(s.do).Send(t.Context(), o, false))
				}
				undelivered(t, o, &l, s.acks)
			}
		})
	}
	f("and", "AND", 2, 1000, step{"a", 0}, step{"b", 0}, step{"timer", 2}, step{"c", 2}, step{"d", 2})
	f("and, timer first", "AND", 2, 1000, step{"a", 0}, step{"timer", 0}, step{"b", 2})
	f("and, timer long ago", "AND", 1, 1000, step{"timer", 0}, step{"a", 1}, step{"b", 1}, step{"timer", 2})
	f("and without a timer", "AND", 2, 0, step{"a", 0}, step{"b", 2}, step{"c", 2}, step{"d", 4})
	f("or", "OR", 2, 1000, step{"a", 0}, step{"b", 2}, step{"c", 2}, step{"timer", 3})
	f("or without a timer", "OR", 1, 0, step{"a", 1}, step{"b", 2})
}

func TestALargeBufferIsWrittenAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	o, _ := newTestOutput(t, path, nil)
	var l feedtest.Ledger
	long := strings.Repeat("x", enough)
	must(t, l.Messages(long).Send(t.Context(), o, true))
	holds(t, path, long+"\n")
	undelivered(t, o, &l, 0)
	must(t, o.Flush(t.Context()))
	delivered(t, &l, 1)
}

func TestCloseWritesTheRest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	must(t, os.WriteFile(path, []byte("old\n"), 0o600))
	o, _ := newTestOutput(t, path, func(c *OutputConfig) { c.FlushCount = 100 })
	var l feedtest.Ledger
	must(t, l.Messages("a").Send(t.Context(), o, false))
	must(t, o.Flush(t.Context()))
	must(t, l.Messages("b").Send(t.Context(), o, true))
	undelivered(t, o, &l, 0)
	must(t, o.Close())
	holds(t, path, "old\na\nb\n")
	undelivered(t, o, &l, 2)
}

func TestWithoutFsyncAWriteIsEnough(t *testing.T) {
	o, _ := newTestOutput(t, filepath.Join(t.TempDir(), "f"), func(c *OutputConfig) { c.Fsync = false })
	var l feedtest.Ledger
	must(t, l.Messages("a").Send(t.Context(), o, false))
	undelivered(t, o, &l, 0)
	must(t, o.Flush(t.Context()))
	delivered(t, &l, 1)
}

func TestReopenFollowsTheName(t *testing.T) {
	dir := t.TempDir()
	path, moved := filepath.Join(dir, "f"), filepath.Join(dir, "f.1")
	o, _ := newTestOutput(t, path, nil)
	var l feedtest.Ledger
	must(t, l.Messages("a").Send(t.Context(), o, false))
	must(t, o.Flush(t.Context()))
	must(t, os.Rename(path, moved))
	must(t, l.Messages("b").Send(t.Context(), o, false))
	must(t, o.Flush(t.Context()))
	must(t, l.Messages("c").Send(t.Context(), o, false))
	must(t, o.Reopen())
	must(t, o.Flush(t.Context()))
	delivered(t, &l, 3)
	holds(t, moved, "a\nb\n")
	holds(t, path, "c\n")

	must(t, os.RemoveAll(dir))
	must(t, os.WriteFile(dir, nil, 0o600))
	if err := o.Reopen(); err == nil || !strings.HasPrefix(err.Error(), "unable to reopen file '"+path+"': ") {
		t.Errorf("error %v", err)
	}
	must(t, os.Remove(dir))
	must(t, l.Messages("d").Send(t.Context(), o, false))
	must(t, o.Reopen())
	must(t, o.Close())
	holds(t, path, "d\n")
	undelivered(t, o, &l, 4)
}

func TestAFailedSyncIsNotAcknowledged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	o, _ := newTestOutput(t, path, nil)
	var l feedtest.Ledger
	must(t, l.Messages("a").Send(t.Context(), o, false))
	must(t, o.write())
	o.target.file.Close() // what a dying disk looks like from here
	must(t, o.Flush(t.Context()))
	o.syncer.wait()
	err := l.Messages("b").Send(t.Context(), o, false)
	if !plugin.IsFatal(err) || !strings.HasPrefix(err.Error(), "syncing "+path) {
		t.Errorf("error %v", err)
	}
	if err := o.Close(); err == nil {
		t.Error("Close says nothing")
	}
	undelivered(t, o, &l, 0)
}

func TestOpenErrorsAreErrorsOfPrepare(t *testing.T) {
	dir := t.TempDir()
	env, _ := feedtest.Env(t, "fout")
	o, err := newOutput(&OutputConfig{Path: dir, Perm: "644", FolderPerm: "700"}, env)
	must(t, err)
	if err := o.(*Output).Prepare(t.Context()); err == nil ||
		!strings.HasPrefix(err.Error(), "FileOutput '"+dir+"' error opening file: ") {
		t.Errorf("error %v", err)
	}
	must(t, o.(*Output).Close())
}

func TestStandardOutput(t *testing.T) {
	r, w, err := os.Pipe()
	must(t, err)
	original := os.Stdout
	os.Stdout = w
	defer func() { os.Stdout = original }()
	for _, path := range []string{"-", "/dev/stdout"} {
		o, _ := newTestOutput(t, path, nil)
		var l feedtest.Ledger
		must(t, l.Messages("a").Send(t.Context(), o, false))
		must(t, o.Flush(t.Context()))
		delivered(t, &l, 1)
		must(t, o.Reopen())
		must(t, l.Messages("b").Send(t.Context(), o, false))
		must(t, o.Close())
	}
	w.Close()
	b := make([]byte, 100)
	n, err := r.Read(b)
	if got := string(b[:n]); err != nil || got != "a\nb\na\nb\n" {
		t.Errorf("printed %q, %v", got, err)
	}
}

func TestSendDeliversOneMessage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	o, _ := newTestOutput(t, path, nil)
	p := new(plugin.Pack)
	p.Reset(new(plugin.Text))
	p.Message.SetPayload("one")
	must(t, o.Send(context.Background(), p))
	holds(t, path, "one\n")
	p.Message.SetPayload("bad")
	if reason, ok := plugin.RefusedReason(o.Send(t.Context(), p)); !ok || reason != "encode" {
		t.Errorf("reason %q", reason)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	f := func(change func(*OutputConfig), want string) {
		t.Helper()
		c := feedtest.Find(t, Plugins(), "FileOutput").NewConfig().(*OutputConfig)
		c.Path = "p"
		change(c)
		err := c.Check()
		if want == "" && err != nil || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	f(func(c *OutputConfig) {}, "")
	f(func(c *OutputConfig) { c.Perm = "rw" }, "perm: FileOutput 'p' can't parse `perm`, is it an octal integer string?")
	f(func(c *OutputConfig) { c.FolderPerm = "8" },
		"folder_perm: FileOutput 'p' can't parse `folder_perm`, is it an octal integer string?")
	f(func(c *OutputConfig) { c.FlushCount = 0 }, "flush_count: Parameter 'flush_count' needs to be greater 1.")
	f(func(c *OutputConfig) { c.FlushOperator = "XOR" },
		"flush_operator: Parameter 'flush_operator' needs to be either 'AND' or 'OR', is currently: 'XOR'")
	f(func(c *OutputConfig) { c.RotationInterval = 2 },
		"rotation_interval: Parameter 'rotation_interval' must be one of: 0, 1, 4, 12, 24.")
	f(func(c *OutputConfig) { c.RotationTZ = "UTC" }, "")
	f(func(c *OutputConfig) { c.RotationTZ = "Europe/Berlin" }, "")
	f(func(c *OutputConfig) { c.RotationTZ = "Mars" },
		`rotation_tz: rotation_tz is "Mars"; it must be local, utc or the name of a time zone`)
}
