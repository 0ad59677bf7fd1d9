package logstreamer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/logstream"
	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/plugin"
)

// world is a directory with logs and what an input needs beside it.
type world struct {
	t       *testing.T
	dir     string // of the logs
	journal string
	change  func(*InputConfig)
}

func newWorld(t *testing.T, change func(*InputConfig)) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), journal: filepath.Join(t.TempDir(), "journal"), change: change}
	// The scanner resolves symbolic links, as the temporary directory may have.
	dir, err := filepath.EvalSymlinks(w.dir)
	w.must(err)
	w.dir = dir
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

// add appends text to a file.
func (w *world) add(name, text string) {
	w.t.Helper()
	w.must(os.MkdirAll(filepath.Dir(w.path(name)), 0o755))
	f, err := os.OpenFile(w.path(name), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	w.must(err)
	_, err = f.WriteString(text)
	w.must(errors.Join(err, f.Close()))
}

func (w *world) rename(from, to string) {
	w.t.Helper()
	w.must(os.Rename(w.path(from), w.path(to)))
}

// config is that of an input named logs for app.log, app.log.1, ….
func (w *world) config() *InputConfig {
	w.t.Helper()
	c := feedtest.Find(w.t, Plugins(), "LogstreamerInput").NewConfig().(*InputConfig)
	c.LogDirectory, c.JournalDirectory = w.dir, w.journal
	c.FileMatch, c.Priority = `app\.log\.?(?P<Seq>\d*)`, []string{"^Seq"}
	c.CheckDataInterval = 10 * time.Millisecond
	if w.change != nil {
		w.change(c)
	}
	return c
}

func (w *world) build() (*Input, *feedtest.Log, error) {
	w.t.Helper()
	c := w.config()
	if err := c.Check(); err != nil {
		return nil, nil, err
	}
	env, log := feedtest.Env(w.t, "logs")
	built, err := feedtest.Find(w.t, Plugins(), "LogstreamerInput").Build(c, env)
	if err != nil {
		return nil, nil, err
	}
	return built.(*Input), log, nil
}

// running is an input at work.
type running struct {
	*Input
	t      *testing.T
	feed   *feedtest.Feed
	log    *feedtest.Log
	cancel context.CancelFunc
	ended  chan error
}

// start runs an input until stop is called.
func (w *world) start(feed *feedtest.Feed) *running {
	w.t.Helper()
	in, log, err := w.build()
	w.must(err)
	ctx, cancel := context.WithCancel(w.t.Context())
	w.must(in.Prepare(ctx))
	r := &running{Input: in, t: w.t, feed: feed, log: log, cancel: cancel, ended: make(chan error, 1)}
	go func() { r.ended <- in.Run(ctx, feed) }()
	w.t.Cleanup(r.cancel)
	return r
}

// wait waits for the end of Run.
func (r *running) wait() {
	r.t.Helper()
	select {
	case err := <-r.ended:
		if err != nil {
			r.t.Error(err)
		}
	case <-time.After(feedtest.Patience):
		r.t.Fatal("the input does not end")
	}
	if n := r.feed.OpenStreams(); n != 0 {
		r.t.Errorf("%d streams are left open", n)
	}
}

// stop ends the input as the host does.
func (r *running) stop() {
	r.t.Helper()
	r.cancel()
	r.wait()
	if err := r.Close(); err != nil {
		r.t.Error(err)
	}
}

func (r *running) wants(payloads ...string) {
	r.t.Helper()
	r.feed.WaitFor(r.t, len(payloads))
	if got := r.feed.Payloads(); !slices.Equal(got, payloads) {
		r.t.Errorf("got %q, want %q", got, payloads)
	}
}

func TestFilesAreReadInOrderAndFollowed(t *testing.T) {
	w := newWorld(t, nil)
	w.add("app.log", "5\n")
	w.add("app.log.1", "3\n4\n")
	w.add("app.log.10", "1\n2\n")
	w.add("other.log", "not ours\n")
	in := w.start(new(feedtest.Feed))
	in.wants("1", "2", "3", "4", "5")
	w.add("app.log", "6\n7")
	in.wants("1", "2", "3", "4", "5", "6")
	w.add("app.log", "7\n")
	in.wants("1", "2", "3", "4", "5", "6", "77")
	want := feedtest.Record{Token: "1", Logger: "logs", Type: "logfile", Hostname: "this.host", Payload: "1"}
	if got := in.feed.Records()[0]; got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if c := feedtest.Counters(in); c["logs-filename"] != w.path("app.log") || c["logs-bytes"] != int64(7) || c["logs-lag"] != int64(0) {
		t.Errorf("report %v", c)
	}
	in.stop()
}

func TestStreamsByDifferentiator(t *testing.T) {
	w := newWorld(t, func(c *InputConfig) {
		c.FileMatch, c.Priority = `(?P<Host>[^/]+)/app\.log`, nil
		c.Differentiator = []string{"web-", "Host"}
		c.Hostname = "elsewhere"
	})
	w.add("a/app.log", "1\n")
	in := w.start(new(feedtest.Feed))
	in.wants("1")
	w.add("b/app.log", "2\n") // found by a later scan
	in.wants("1", "2")
	want := feedtest.Record{Token: "2", Logger: "web-b", Type: "logfile", Hostname: "elsewhere", Payload: "2"}
	if got := in.feed.Records()[1]; got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	in.stop()
	for _, name := range []string{"web-a", "web-b"} {
		if p, err := logstream.PeekJournal(w.journal, name); err != nil || p.Seek != 2 {
			t.Errorf("%s: position %+v, %v", name, p, err)
		}
	}
}

func TestARestartGoesOnWhereItStopped(t *testing.T) {
	w := newWorld(t, nil)
	w.add("app.log", "1\n2\nunfini")
	in := w.start(new(feedtest.Feed))
	in.wants("1", "2")
	in.stop()
	w.add("app.log", "shed\n4\n")
	w.rename("app.log", "app.log.1")
	w.add("app.log", "5\n")
	in = w.start(new(feedtest.Feed))
	in.wants("unfinished", "4", "5")
	in.stop()
	in = w.start(&feedtest.Feed{RunOnce: true})
	in.wait()
	in.wants()
}

func TestAPositionWaitsForDelivery(t *testing.T) {
	w := newWorld(t, nil)
	w.add("app.log", "1\n2\n")
	in := w.start(&feedtest.Feed{Manual: true})
	in.wants("1", "2")
	in.feed.DeliverAll()
	w.add("app.log", "3\n4\n")
	in.wants("1", "2", "3", "4")
	in.stop() // 3 and 4 have been handed over, and are lost
	if p, err := logstream.PeekJournal(w.journal, "logs"); err != nil || p.Seek != 4 {
		t.Errorf("position %+v, %v", p, err)
	}
	in = w.start(new(feedtest.Feed))
	in.wants("3", "4")
	in.stop()
}

func TestWhatIsDeliveredAfterRunStillCounts(t *testing.T) {
	w := newWorld(t, nil)
	w.add("app.log", "1\n2\n")
	in := w.start(&feedtest.Feed{Manual: true})
	in.wants("1", "2")
	in.cancel()
	in.wait()
	in.feed.DeliverAll()
	w.must(in.Close())
	if p, err := logstream.PeekJournal(w.journal, "logs"); err != nil || p.Seek != 4 {
		t.Errorf("position %+v, %v", p, err)
	}
}

func TestPositionsAreSavedMeanwhile(t *testing.T) {
	w := newWorld(t, nil)
	w.add("app.log", "1\n")
	in := w.start(new(feedtest.Feed))
	in.wants("1")
	for deadline := time.Now().Add(feedtest.Patience); ; <-time.After(20 * time.Millisecond) {
		if p, err := logstream.PeekJournal(w.journal, "logs"); err != nil || p.Seek == 2 {
			w.must(err)
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("no position is saved while the input runs")
		}
	}
	in.stop()
}

func TestOnceReadsToTheEnd(t *testing.T) {
	w := newWorld(t, nil)
	w.add("app.log.2", "1\n")
	w.add("app.log.1", "2\n")
	w.add("app.log", "3\nrest")
	in := w.start(&feedtest.Feed{RunOnce: true})
	in.wait()
	in.wants("1", "2", "3")
	w.must(in.Close())
	if p, err := logstream.PeekJournal(w.journal, "logs"); err != nil || p.Seek != 2 || p.FileName != w.path("app.log") {
		t.Errorf("position %+v, %v", p, err)
	}
}

func TestARecordGoesOnInTheNextFile(t *testing.T) {
	w := newWorld(t, nil)
	w.add("app.log", "1\nhal")
	in := w.start(new(feedtest.Feed))
	in.wants("1")
	w.rename("app.log", "app.log.1")
	w.add("app.log", "f\n3\n")
	in.wants("1", "half", "3")
	in.stop()
	if in.feed.Opened() != 1 {
		t.Errorf("%d streams for one log", in.feed.Opened())
	}
}

func TestARecordIsNotJoinedAcrossTruncation(t *testing.T) {
	w := newWorld(t, nil)
	w.add("app.log", "1\nunfinished record that is gone")
	in := w.start(new(feedtest.Feed))
	in.wants("1")
	in.feed.Until(t, func() bool { return feedtest.Counters(in)["logs-lag"] == int64(0) })
	w.must(os.Truncate(w.path("app.log"), 0))
	w.add("app.log", "2\n3\n")
	in.wants("1", "2", "3")
	in.stop()
	if p, err := logstream.PeekJournal(w.journal, "logs"); err != nil || p.Seek != 4 {
		t.Errorf("position %+v, %v", p, err)
	}
	in = w.start(new(feedtest.Feed))
	w.add("app.log", "4\n")
	in.wants("4")
	in.stop()
}

func TestALateLineDoesNotCutARecord(t *testing.T) {
	w := newWorld(t, nil)
	w.add("app.log", "1\n")
	in := w.start(new(feedtest.Feed))
	in.wants("1")
	w.rename("app.log", "app.log.1")
	w.add("app.log", "3\nhal")
	in.wants("1", "3")
	w.add("app.log.1", "2\n") // a writer that still has the old file open
	in.wants("1", "3", "2")
	w.add("app.log", "f\n")
	in.wants("1", "3", "2", "half")
	in.stop()
	in = w.start(&feedtest.Feed{RunOnce: true})
	in.wait()
	in.wants()
}

func TestAQuietStreamSettles(t *testing.T) {
	w := newWorld(t, nil)
	w.add("app.log", "1\nopen group")
	// Lines, and at a final look whatever is there.
	in := w.start(&feedtest.Feed{Cut: func(data []byte, final bool) (int, []byte) {
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			return i + 1, data[:i]
		}
		if final {
			return len(data), data
		}
		return 0, nil
	}})
	in.wants("1", "open group")
	in.feed.Until(t, func() bool { return in.feed.Settled() > 0 })
	if in.feed.Settled() != 1 {
		t.Errorf("settled %d times", in.feed.Settled())
	}
	in.stop()
	if p, err := logstream.PeekJournal(w.journal, "logs"); err != nil || p.Seek != 12 {
		t.Errorf("position %+v, %v", p, err)
	}
}

func TestInitialTail(t *testing.T) {
	w := newWorld(t, func(c *InputConfig) { c.InitialTail = true })
	w.add("app.log", "old\n")
	in := w.start(new(feedtest.Feed))
	for deadline := time.Now().Add(feedtest.Patience); feedtest.Counters(in)["logs-bytes"] != int64(4); <-time.After(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the end of the file is not found")
		}
	}
	in.stop() // without having seen anything
	w.add("app.log", "new\n")
	in = w.start(new(feedtest.Feed))
	in.wants("new")
	in.stop()
}

func TestAStreamEndsWithItsFilesAndComesBack(t *testing.T) {
	w := newWorld(t, func(c *InputConfig) { c.RescanInterval = 100 * time.Millisecond })
	w.add("app.log", "1\n")
	in := w.start(new(feedtest.Feed))
	in.wants("1")
	w.must(os.Remove(w.path("app.log")))
	in.feed.Until(t, func() bool { return in.feed.OpenStreams() == 0 })
	for deadline := time.Now().Add(feedtest.Patience); len(in.all()) > 0; <-time.After(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the stream is not forgotten")
		}
	}
	w.add("app.log", "2\n")
	in.wants("1", "2")
	in.stop()
}

func TestADamagedPositionStopsNothing(t *testing.T) {
	w := newWorld(t, nil)
	w.add("app.log", "1\n")
	w.must(os.MkdirAll(w.journal, 0o755))
	w.must(os.WriteFile(filepath.Join(w.journal, "logs"), []byte(`{"seek":2,`), 0o600))
	in := w.start(new(feedtest.Feed))
	in.wants("1")
	in.stop()
	if !strings.Contains(in.log.String(), "kept as") {
		t.Errorf("log: %s", in.log)
	}
}

func TestAStreamThatCannotBeOpenedIsLogged(t *testing.T) {
	w := newWorld(t, nil)
	w.add("app.log", "1\n")
	in := w.start(&feedtest.Feed{RunOnce: true, Refuse: errors.New("no such splitter")})
	in.wait()
	w.must(in.Close())
	if !strings.Contains(in.log.String(), "no such splitter") {
		t.Errorf("log: %s", in.log)
	}
}

func TestUnorderedFilesPreventAStart(t *testing.T) {
	w := newWorld(t, func(c *InputConfig) { c.Priority = nil })
	w.add("app.log", "1\n")
	w.add("app.log.1", "2\n")
	in, _, err := w.build()
	w.must(err)
	if err := in.Prepare(t.Context()); err == nil || !strings.Contains(err.Error(), "without Priority") {
		t.Errorf("error %v", err)
	}
	w.must(in.Close())
}

func TestOptionsAreChecked(t *testing.T) {
	f := func(change func(*InputConfig), want ...string) {
		t.Helper()
		_, _, err := newWorld(t, change).build()
		var got []string
		collect(err, &got)
		if !slices.Equal(got, want) {
			t.Errorf("options %q, want %q: %v", got, want, err)
		}
	}
	f(func(c *InputConfig) {})
	f(func(c *InputConfig) { c.FileMatch = "" }, "file_match")
	f(func(c *InputConfig) { c.RescanInterval, c.CheckDataInterval = 0, -1 }, "rescan_interval", "check_data_interval")
	f(func(c *InputConfig) { c.LogDirectory, c.FileMatch = "/no/such/directory", "(" }, "log_directory", "file_match")
	f(func(c *InputConfig) { c.Priority = []string{""} }, "priority")
	f(func(c *InputConfig) { c.Translation = map[string]map[string]int{"Seq": {"a": 1}} }, "translation.Seq")
}

// collect lists the options that an error names.
func collect(err error, names *[]string) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			collect(e, names)
		}
		return
	}
	var option *plugin.OptionError
	if errors.As(err, &option) {
		*names = append(*names, option.Option)
	} else if err != nil {
		*names = append(*names, fmt.Sprintf("%T", err))
	}
}
