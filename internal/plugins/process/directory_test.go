//go:build unix

package process_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/internal/plugins/process"
	"github.com/hekad/heka/internal/plugins/split"
	"github.com/hekad/heka/plugin"
)

// tree is a directory of processes and a heka that keeps in step with it.
type tree struct {
	t    *testing.T
	dir  string
	host *pipeline.Host
	log  *text
	out  *collector
	done chan struct{}
	code int
}

// text is a log that may be read while it is written.
type text struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *text) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *text) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// collector is an output that keeps what messages say.
type collector struct {
	mu  sync.Mutex
	got []string
}

type none struct{}

func (c *collector) Send(_ context.Context, p *plugin.Pack) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	name := string(p.Message.FindField("ProcessInputName", 0).AppendValue(nil, 0))
	c.got = append(c.got, fmt.Sprintf("%s %s %q", filepath.Base(p.Message.Logger()), filepath.Base(name), p.Message.Payload()))
	return nil
}

func (c *collector) has(want string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Contains(c.got, want)
}

func (c *collector) count(want string) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, g := range c.got {
		if g == want {
			n++
		}
	}
	return n
}

func newTree(t *testing.T) *tree {
	tr := &tree{t: t, dir: t.TempDir(), log: &text{}, out: &collector{}, done: make(chan struct{})}
	tr.mkdir("procs")
	return tr
}

func (tr *tree) path(name string) string { return filepath.Join(tr.dir, "procs", name) }

func (tr *tree) mkdir(name string) {
	tr.t.Helper()
	if err := os.MkdirAll(filepath.Join(tr.dir, name), 0o755); err != nil {
		tr.t.Fatal(err)
	}
}

// write puts a file in its place at once, so that a scan sees all or nothing of it.
func (tr *tree) write(name, body string) {
	tr.t.Helper()
	tr.mkdir(filepath.Join("procs", filepath.Dir(name)))
	temp := filepath.Join(tr.dir, "new")
	if err := os.WriteFile(temp, []byte(body), 0o644); err != nil {
		tr.t.Fatal(err)
	}
	if err := os.Rename(temp, tr.path(name)); err != nil {
		tr.t.Fatal(err)
	}
}

func (tr *tree) remove(name string) {
	tr.t.Helper()
	if err := os.RemoveAll(tr.path(name)); err != nil {
		tr.t.Fatal(err)
	}
}

// run starts heka; more is further TOML.
func (tr *tree) run(once bool, more string) {
	tr.t.Helper()
	toml := "[ProcessDirectoryInput]\nprocess_dir = \"procs\"\nticker_interval = 1\n[out]\ntype = \"CollectOutput\"\nmessage_matcher = \"TRUE\"\n" + more
	cfg, problems := config.LoadBytes("heka.toml", []byte(toml), config.Options{})
	if problems.HasErrors() {
		tr.t.Fatal(problems)
	}
	g := config.DefaultGlobal()
	g.BaseDir, g.ShareDir, g.Hostname = tr.t.TempDir(), tr.dir, "this.host"
	all := append(process.Plugins(), split.Plugins()...)
	all = append(all, plugin.NewOutput("CollectOutput", none{}, func(*none, *plugin.Env) (plugin.Output, error) { return tr.out, nil }))
	tr.host, problems = pipeline.New(cfg, pipeline.Options{Plugins: all, Global: g, Once: once,
		Log: pipeline.NewLogger(pipeline.LogOptions{Info: tr.log, Error: tr.log, Level: slog.LevelInfo})})
	if problems.HasErrors() {
		tr.t.Fatal(problems)
	}
	go func() {
		defer close(tr.done)
		var err error
		if tr.code, err = tr.host.Run(context.Background()); err != nil {
			fmt.Fprintln(tr.log, err)
		}
	}()
	tr.t.Cleanup(func() { tr.host.Kill(); <-tr.done })
}

// until waits for something that must come.
func (tr *tree) until(what string, done func() bool) {
	tr.t.Helper()
	for end := time.Now().Add(feedtest.Patience); !done(); {
		if time.Now().After(end) {
			tr.t.Fatalf("%s does not come\n%s\n%q", what, tr.log, tr.out.got)
		}
		select {
		case <-tr.done:
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (tr *tree) untilSaid(what string) {
	tr.t.Helper()
	tr.until(what, func() bool { return strings.Contains(tr.log.String(), what) })
}

// end stops heka and wants the books to balance.
func (tr *tree) end() {
	tr.t.Helper()
	tr.host.Stop(0)
	tr.until("the end", func() bool {
		select {
		case <-tr.done:
			return true
		default:
			return false
		}
	})
	if err := tr.host.Books().Check(); err != nil {
		tr.t.Error(err)
	}
}

// section is a file that runs a shell script.
func section(script, more string) string {
	return fmt.Sprintf("[ProcessInput]\n%s\n[ProcessInput.command.0]\nbin = \"sh\"\nargs = [\"-c\", %q]\n", more, script)
}

func TestDirectoryKeepsInStep(t *testing.T) {
	t.Parallel() // each waits for ticks
	tr := newTree(t)
	tr.write("3600/first.toml", section("echo one", "immediate_start = true\nticker_interval = 1"))
	tr.write("0/long.toml", section("echo up; exec sleep 1000", "splitter = 'TokenSplitter'"))
	tr.write("0/notes.txt", "no process")
	tr.run(false, "")
	tr.until("both", func() bool {
		return tr.out.has(`first.toml first.toml.stdout "one\n"`) && tr.out.has(`long.toml long.toml.stdout "up\n"`)
	})

	// Added, changed in what it is and not in how it is written, and removed.
	tr.write("3600/second.toml", section("echo two", "immediate_start = true"))
	tr.write("0/long.toml", "# the same\n"+section("echo up; exec sleep 1000", "splitter = \"TokenSplitter\""))
	tr.until("the second", func() bool { return tr.out.has(`second.toml second.toml.stdout "two\n"`) })
	tr.write("3600/first.toml", section("echo one", "immediate_start = true\nsplitter = 'TokenSplitter'\n[ProcessInput.retries]\nmax_retries = 3"))
	tr.untilSaid("Removed: " + tr.path("3600/first.toml"))
	tr.until("the first again", func() bool { return tr.out.count(`first.toml first.toml.stdout "one\n"`) == 2 })
	tr.remove("3600/second.toml")
	tr.untilSaid("Removed: " + tr.path("3600/second.toml"))
	tr.remove("0")
	tr.untilSaid("Removed: " + tr.path("0/long.toml"))
	tr.write("0/long.toml", section("echo again; exec sleep 1000", "splitter = 'TokenSplitter'"))
	tr.untilSaid("Added: " + tr.path("3600/first.toml"))
	tr.until("the long one again", func() bool {
		return tr.out.has(`long.toml long.toml.stdout "again\n"`)
	})
	tr.end()
	said := tr.log.String()
	for line, want := range map[string]int{
		"Added: " + tr.path("3600/first.toml"): 2, "Removed: " + tr.path("3600/first.toml"): 1,
		"Added: " + tr.path("3600/second.toml"): 1, "Removed: " + tr.path("0/long.toml"): 1,
	} {
		if got := strings.Count(said, line); got != want {
			t.Errorf("%q was said %d times, not %d\n%s", line, got, want, said)
		}
	}
	if tr.out.count(`long.toml long.toml.stdout "up\n"`) != 1 || tr.code != 0 {
		t.Errorf("exit code %d, %q", tr.code, tr.out.got)
	}
}

func TestDirectoryNamesMistakes(t *testing.T) {
	t.Parallel() // each waits for ticks
	tr := newTree(t)
	good := section("echo good", "immediate_start = true")
	tr.write("outside.toml", good)
	tr.write("5/deep/er.toml", good)
	tr.write("soon/a.toml", good)
	tr.write("-5/b.toml", good)
	tr.write("5/bad.toml", "[ProcessInput\n")
	tr.write("5/none.toml", "[Other]\nx = 1\n")
	tr.write("5/unknown.toml", "[ProcessInput]\nbinn = 1\n[ProcessInput.command.0]\nbin = 'true'\n")
	tr.write("5/empty.toml", "[ProcessInput]\n")
	tr.write("5/decoded.toml", section("true", "decoder = 'nobody'"))
	tr.write("5/huge.toml", "#"+strings.Repeat("x", 1<<20))
	tr.write("3600/good.toml", "[hekad]\nmaxprocs = 7\n[Else]\n"+good)
	tr.run(false, "")
	for _, want := range []string{
		"invalid ProcessInput path: " + tr.path("outside.toml") + ".",
		"invalid ProcessInput path: " + tr.path("5/deep/er.toml") + ".",
		"ticker interval could not be parsed for '" + tr.path("soon/a.toml") + "'.",
		"a negative ticker interval was parsed for '" + tr.path("-5/b.toml") + "'.",
		"loading process file '" + tr.path("5/bad.toml") + "': ",
		"loading process file '" + tr.path("5/none.toml") + "': No `ProcessInput` section.",
		"loading process file '" + tr.path("5/huge.toml") + "': the file is longer than 1048576 bytes",
		"prepping config: " + tr.path("5/unknown.toml") + ":2:1: [" + tr.path("5/unknown.toml") + "] unknown option \"binn\"",
		"No Command Configured",
		"no decoder section is called \"nobody\"",
	} {
		tr.untilSaid(want)
	}
	tr.until("the good one", func() bool { return tr.out.has(`good.toml good.toml.stdout "good\n"`) })

	// What is set right runs; one that is spoilt goes on as it was.
	tr.write("3600/fixed.toml", "[ProcessInput\n")
	tr.untilSaid("loading process file '" + tr.path("3600/fixed.toml"))
	tr.write("3600/fixed.toml", section("echo fixed", "immediate_start = true"))
	tr.until("the one that was set right", func() bool { return tr.out.has(`fixed.toml fixed.toml.stdout "fixed\n"`) })
	tr.write("3600/good.toml", "[ProcessInput\n")
	tr.untilSaid("loading process file '" + tr.path("3600/good.toml"))
	tr.remove(".")
	tr.untilSaid("walking '" + filepath.Join(tr.dir, "procs") + "': ")
	tr.untilSaid("Removed: " + tr.path("3600/fixed.toml"))
	tr.untilSaid("Removed: " + tr.path("3600/good.toml"))
	if n := strings.Count(tr.log.String(), "Removed: "); n != 2 {
		t.Errorf("removed %d times\n%s", n, tr.log)
	}
	tr.end()
}

// The end of a process is retried as its file says, and then does not stop heka,
// unless the file says so.
func TestDirectoryHonoursRetriesAndCanExit(t *testing.T) {
	t.Parallel() // each waits for ticks
	tr := newTree(t)
	const twice = "[ProcessInput.retries]\ndelay = '1ms'\nmax_delay = '1h'\nmax_jitter = '0s'\nmax_retries = 1\n"
	tr.write("0/short.toml", section("echo x", twice))
	tr.run(false, "")
	tr.until("two runs", func() bool { return tr.out.count(`short.toml short.toml.stdout "x\n"`) == 2 })
	tr.untilSaid("Max retries exceeded")
	tr.write("0/vital.toml", section("echo y", "can_exit = false\n"+twice))
	tr.until("the end of heka", func() bool {
		select {
		case <-tr.done:
			return true
		default:
			return false
		}
	})
	if tr.code != 1 || tr.out.count(`vital.toml vital.toml.stdout "y\n"`) != 2 {
		t.Errorf("exit code %d, %q", tr.code, tr.out.got)
	}
}

// With --once every process runs once.
func TestDirectoryRunsOnce(t *testing.T) {
	t.Parallel() // each waits for ticks
	tr := newTree(t)
	tr.write("0/a.toml", section("echo a", ""))
	tr.write("60/b.toml", section("echo b; echo c", "splitter = 'lines'"))
	tr.run(true, "[lines]\ntype = \"TokenSplitter\"\n")
	tr.until("the end", func() bool {
		select {
		case <-tr.done:
			return true
		default:
			return false
		}
	})
	slices.Sort(tr.out.got)
	want := []string{`a.toml a.toml.stdout "a\n"`, `b.toml b.toml.stdout "b\n"`, `b.toml b.toml.stdout "c\n"`}
	if !slices.Equal(tr.out.got, want) || tr.code != 0 {
		t.Errorf("exit code %d, %q\n%s", tr.code, tr.out.got, tr.log)
	}
}
