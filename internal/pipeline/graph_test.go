package pipeline_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/plugin"
)

// graph runs a pipeline made of the plugins below in a test.
type graph struct {
	t       *testing.T
	toml    string
	plugins []plugin.Plugin
	global  config.Global
	once    bool
	log     *lockedBuffer
	host    *pipeline.Host
	code    int
	err     error
	done    chan struct{}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newGraph(t *testing.T, toml string, plugins ...plugin.Plugin) *graph {
	g := &graph{t: t, toml: toml, global: config.DefaultGlobal(), once: true, log: &lockedBuffer{}, done: make(chan struct{})}
	g.global.Hostname = "test"
	g.global.BaseDir = t.TempDir()
	g.plugins = append([]plugin.Plugin{lineSplitter, nullSplitter}, plugins...)
	return g
}

// build makes the host, or fails the test.
func (g *graph) build() *pipeline.Host {
	g.t.Helper()
	host, problems := g.tryBuild()
	if problems.HasErrors() {
		g.t.Fatalf("config: %v", problems)
	}
	return host
}

func (g *graph) tryBuild() (*pipeline.Host, config.Problems) {
	cfg, problems := config.LoadBytes("test.toml", []byte(g.toml), config.Options{})
	if problems.HasErrors() {
		return nil, problems
	}
	return pipeline.New(cfg, pipeline.Options{Plugins: g.plugins, Global: g.global, Once: g.once, PoisonBuffers: true,
		Log: pipeline.NewLogger(pipeline.LogOptions{Info: g.log, Error: g.log, Level: slog.LevelInfo})})
}

// start runs the pipeline in the background; the test ends with it.
func (g *graph) start() *pipeline.Host {
	g.t.Helper()
	g.host = g.build()
	go func() {
		defer close(g.done)
		g.code, g.err = g.host.Run(context.Background())
	}()
	g.t.Cleanup(func() {
		g.host.Kill()
		<-g.done
	})
	return g.host
}

// wait waits for the end of the run and checks the books.
func (g *graph) wait() pipeline.Books {
	g.t.Helper()
	select {
	case <-g.done:
	case <-time.After(time.Minute):
		g.t.Fatalf("the run does not end\n%s\n%s", pipeline.ReportText(g.host.Report()), g.log)
	}
	if g.err != nil {
		g.t.Fatalf("run: %v\n%s", g.err, g.log)
	}
	return g.host.Books()
}

// balanced waits for the end and wants the books to balance.
func (g *graph) balanced() pipeline.Books {
	g.t.Helper()
	b := g.wait()
	if err := b.Check(); err != nil {
		g.t.Errorf("books: %v\n%s", err, g.log)
	}
	return b
}

// until waits for a condition that other goroutines bring about.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for: %s", what)
		}
		time.Sleep(time.Millisecond) // a poll interval, bounded by the deadline above
	}
}

type none struct{}

// lineSplitter cuts at newlines, which it leaves out.
var lineSplitter = plugin.NewSplitter("TokenSplitter", none{}, func(*none, *plugin.Env) (plugin.Splitter, error) { return lines{}, nil })

type lines struct{}

func (lines) Split(data []byte, _ bool) (int, []byte) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i+1]
	}
	return 0, nil
}

var nullSplitter = plugin.NewSplitter("NullSplitter", none{}, func(*none, *plugin.Env) (plugin.Splitter, error) { return whole{}, nil },
	plugin.OneRead)

type whole struct{}

func (whole) Split(data []byte, _ bool) (int, []byte) { return len(data), data }

// reader is an input that feeds readers, one stream each.
type reader struct {
	open      func() []io.Reader
	delivered func(stream int, n int64)
	decorate  func(*plugin.Pack)
	hold      bool          // stay until stopped
	finished  chan struct{} // closed when all is handed over; may be nil
}

func readerInput(typ string, r *reader) plugin.Plugin {
	return plugin.NewInput(typ, none{}, func(*none, *plugin.Env) (plugin.Input, error) { return r, nil },
		plugin.InputDefaults(func(o *plugin.InputOptions) { o.Splitter = "TokenSplitter" }))
}

func (r *reader) Run(ctx context.Context, in plugin.Feed) error {
	var all sync.WaitGroup
	for i, rd := range r.open() {
		o := plugin.StreamOptions{Token: fmt.Sprint(i), Decorate: r.decorate}
		if r.delivered != nil {
			o.Delivered = func(n int64) { r.delivered(i, n) }
		}
		s, err := in.Open(o)
		if err != nil {
			return err
		}
		all.Go(func() {
			defer s.Close()
			s.Split(rd)
		})
	}
	all.Wait()
	if r.finished != nil {
		close(r.finished)
	}
	if r.hold {
		<-ctx.Done()
	}
	return nil
}

func readers(texts ...string) func() []io.Reader {
	return func() []io.Reader {
		var rs []io.Reader
		for _, s := range texts {
			rs = append(rs, strings.NewReader(s))
		}
		return rs
	}
}

// sink is an output that keeps payloads; send, if set, decides.
type sink struct {
	mu   sync.Mutex
	got  []string
	send func(ctx context.Context, payload string) error
}

func sinkOutput(typ string, s *sink) plugin.Plugin {
	return plugin.NewOutput(typ, none{}, func(*none, *plugin.Env) (plugin.Output, error) { return s, nil })
}

func (s *sink) Send(ctx context.Context, p *plugin.Pack) error {
	text := strings.Clone(p.Message.Payload())
	if s.send != nil {
		if err := s.send(ctx, text); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, text)
	return nil
}

func (s *sink) payloads() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.got...)
}

// numbered makes the lines 0…n-1.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d\n", i)
	}
	return b.String()
}
