package casefile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// Result is what came out of a run, in the form of the wanted files of a case.
type Result struct {
	// Messages reached a TestOutput: messages.json.
	Messages string
	// Output is what encoders of TestOutputs made, one element for each message.
	Output [][]byte
	// Problems of the configuration; with an error among them nothing ran.
	Problems string
	// Log is heka's log without times.
	Log string
	// Books are the counts of inputs, filters and outputs.
	Books string
	// Error is how the run failed, "" if it did not.
	Error string

	encodes bool // there is an encoder
}

// Patience is how long a run may take.
const Patience = 30 * time.Second

// Run runs the case in a folder, with TestInput and TestOutput beside the plugins.
// The result is nil only if the case is malformed.
func (a Archive) Run(dir string, limit time.Duration, plugins []plugin.Plugin) (*Result, error) {
	toml, ok := a.file("heka.toml")
	if !ok {
		return nil, errors.New("the case has no heka.toml")
	}
	if err := a.strays(toml); err != nil {
		return nil, err
	}
	if err := a.unpack(dir); err != nil {
		return nil, err
	}
	out, in, log := new(sinks), new(acks), new(logText)
	all := append(withStandIns(plugins), inputPlugin(a, in), outputPlugin(out))
	host, problems := build(toml, dir, log, all)
	res := &Result{encodes: out.encodes()}
	for _, p := range problems {
		res.Problems += strings.ReplaceAll(p.String(), dir, "DIR") + "\n"
	}
	if host == nil {
		res.Log = log.String()
		return res, nil
	}
	during := span{from: time.Now().UnixNano()}
	code, hangs, failure := runHost(host, limit)
	during.to = time.Now().UnixNano()
	switch {
	case failure != nil:
		res.Error = strings.ReplaceAll(failure.Error(), dir, "DIR") + "\n"
	case code != 0:
		res.Error = fmt.Sprintf("exit code %d\n", code)
	}
	res.Log = strings.ReplaceAll(log.String(), dir, "DIR")
	books := host.Books()
	res.Books = booksText(books)
	messages, pieces := out.take()
	res.Messages, res.Output = strings.ReplaceAll(a.json(messages, during), dir, "DIR"), pieces
	if hangs != "" {
		return res, fmt.Errorf("the run does not end\n%s", hangs)
	}
	if failure != nil {
		return res, nil
	}
	return res, errors.Join(balance(books), in.check())
}

// build makes the host; nil if the configuration has errors.
func build(toml []byte, dir string, log *logText, plugins []plugin.Plugin) (*pipeline.Host, config.Problems) {
	lookup := func(name string) (string, bool) { return dir, name == "DIR" }
	cfg, problems := config.LoadBytes("heka.toml", toml, config.Options{LookupEnv: lookup})
	global, _, found := cfg.Global(nil)
	problems = append(problems, found...)
	if problems.HasErrors() {
		return nil, problems
	}
	global.BaseDir, global.ShareDir = dir, dir
	if global.Hostname == "" {
		global.Hostname = Hostname
	}
	host, found := pipeline.New(cfg, pipeline.Options{Plugins: plugins, Global: global, Once: true, PoisonBuffers: true,
		Log: pipeline.NewLogger(pipeline.LogOptions{Info: log, Error: log, Level: slog.LevelInfo})})
	return host, append(problems, found...)
}

// runHost runs host to its end. hangs is a report if that did not come in time.
func runHost(host *pipeline.Host, limit time.Duration) (code int, hangs string, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		code, err = host.Run(context.Background())
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
		hangs = pipeline.ReportText(host.Report())
		host.Kill()
		<-done
	}
	return code, hangs, err
}

// strays finds files that nothing looks at, such as misspelt ones.
func (a Archive) strays(toml []byte) error {
	for _, f := range a.Files {
		known := f.Name == "heka.toml" || isWanted(f.Name) || strings.Contains(f.Name, "/")
		for _, name := range inputNames {
			known = known || f.Name == name
		}
		if !known && !bytes.Contains(toml, []byte(f.Name)) {
			return fmt.Errorf("nothing uses the file %s of the case", f.Name)
		}
	}
	return nil
}

// json writes messages as lines of JSON.
func (a Archive) json(messages []*message.Message, during span) string {
	var b []byte
	for _, m := range messages {
		a.steady(m, during)
		b = append(message.AppendJSON(b, m), '\n')
	}
	return string(b)
}

// logText gathers the log. It may be written and read by several goroutines.
type logText struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *logText) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
