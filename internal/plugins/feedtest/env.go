package feedtest

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/hekad/heka/plugin"
)

// Log is the text that a plugin logged. It may be read at any time.
type Log struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *Log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// String returns what was logged so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Env makes an environment for an instance with the given name. Its encoder
// writes the payload as a line; it skips payloads that begin with "skip" and
// fails for those that begin with "bad".
func Env(t testing.TB, name string) (*plugin.Env, *Log) {
	log := new(Log)
	dir := t.TempDir()
	return &plugin.Env{
		Name: name, Log: slog.New(slog.NewTextHandler(log, nil)), Hostname: "this.host", Pid: 4711,
		BaseDir: dir, ShareDir: dir, MaxMessageSize: 64 << 10, SampleDenominator: 1000,
		Encode: EncodeLine,
	}, log
}

// ErrBad is what EncodeLine says about payloads that begin with "bad".
var ErrBad = errors.New("bad message")

// EncodeLine is the encoder of Env.
func EncodeLine(dst []byte, p *plugin.Pack) ([]byte, error) {
	text := p.Message.Payload()
	switch {
	case strings.HasPrefix(text, "skip"):
		return dst, plugin.ErrSkip
	case strings.HasPrefix(text, "bad"):
		return dst, ErrBad
	}
	return append(append(dst, text...), '\n'), nil
}

// Find returns the declaration of a type.
func Find(t testing.TB, all []plugin.Plugin, typ string) *plugin.Plugin {
	t.Helper()
	for i := range all {
		if all[i].Type == typ {
			return &all[i]
		}
	}
	t.Fatalf("%s is not declared", typ)
	return nil
}

// Build makes an instance of a type: I is what it is, C its configuration, to which
// the changes are made, except those that are nil, before it is checked. The caller
// prepares and closes the instance.
func Build[I, C any](t testing.TB, all []plugin.Plugin, typ string, env *plugin.Env, changes ...func(C)) I {
	t.Helper()
	p := Find(t, all, typ)
	c := p.NewConfig()
	for _, change := range changes {
		if change != nil {
			change(c.(C))
		}
	}
	if c, ok := c.(interface{ Check() error }); ok {
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
	}
	built, err := p.Build(c, env)
	if err != nil {
		t.Fatal(err)
	}
	return built.(I)
}

// Counters collects what an instance reports, by name.
func Counters(r plugin.Reporter) map[string]any {
	var report plugin.Report
	r.Report(&report)
	all := map[string]any{}
	for _, c := range report.Counters {
		all[c.Name] = c.Value
	}
	return all
}
