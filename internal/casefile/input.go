package casefile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	_ "embed" // for inputSource

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

//go:embed input.go
var inputSource string

// InputConfig is the configuration of TestInput, which feeds files of a case.
type InputConfig struct {
	// Files to feed, one stream each, one after the other. Empty is the one file
	// of input that the case has. The ending tells the form, as it does for
	// input.
	Files []string `toml:"files"`
	// Size of a read. 0 reads line by line where every line is a read of its own
	// (hex, quoted), else as much as there is.
	Reads int `toml:"reads" min:"0" unit:"bytes"`
	// How reads are handed in: as one stream, as complete blocks such as
	// datagrams, or together as one body such as that of a request.
	As string `toml:"as" oneof:"stream,blocks,body"`
	// Time that passes after each read. After a second a stream settles: records
	// that only wait for a possible continuation are delivered.
	Pause time.Duration `toml:"pause" min:"0s"`
	// Time that passes after the last read, for the timers of others.
	Linger time.Duration `toml:"linger" min:"0s"`
}

// testInput is the TestInput plugin.
type testInput struct {
	config *InputConfig
	files  Archive
	log    *slog.Logger
	acks   *acks
}

// acks are what TestInput hears about what it handed in.
type acks struct {
	handed, done atomic.Int64 // messages and blocks
	mu           sync.Mutex   // guards what follows
	streams      []*position
}

// position is how far a stream is acknowledged.
type position struct {
	acks                *acks
	consumed, delivered int64
	back                bool // it went back
}

func (a *acks) newPosition() *position {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := &position{acks: a}
	a.streams = append(a.streams, p)
	return p
}

func (p *position) move(to int64) {
	p.acks.mu.Lock()
	defer p.acks.mu.Unlock()
	p.back = p.back || to < p.delivered
	p.delivered = to
}

func (p *position) end(consumed int64) {
	p.acks.mu.Lock()
	defer p.acks.mu.Unlock()
	p.consumed = consumed
}

// check returns what was not acknowledged in the end.
func (a *acks) check() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, p := range a.streams {
		if p.back {
			return errors.New("TestInput: the position of a stream went back")
		}
		if p.delivered != p.consumed {
			return fmt.Errorf("TestInput: %d of %d bytes of a stream were acknowledged", p.delivered, p.consumed)
		}
	}
	if a.done.Load() != a.handed.Load() {
		return fmt.Errorf("TestInput: %d of %d messages or blocks were acknowledged", a.done.Load(), a.handed.Load())
	}
	return nil
}

func inputPlugin(files Archive, a *acks) plugin.Plugin {
	build := func(c *InputConfig, env *plugin.Env) (plugin.Input, error) {
		if len(c.Files) == 0 {
			name, err := files.input()
			if err != nil {
				return nil, plugin.BadOption("files", "%w", err)
			}
			c.Files = []string{name}
		}
		for _, name := range c.Files {
			if _, ok := files.file(name); !ok {
				return nil, plugin.BadOption("files", "the case has no file %s", name)
			}
		}
		return &testInput{config: c, files: files, log: env.Log, acks: a}, nil
	}
	return plugin.NewInput("TestInput", InputConfig{As: "stream"}, build, plugin.Docs(inputSource),
		plugin.InputDefaults(func(o *plugin.InputOptions) { o.Splitter = "TokenSplitter" }))
}

// Run implements plugin.Input.
func (i *testInput) Run(ctx context.Context, in plugin.Feed) error {
	for n, name := range i.config.Files {
		if err := i.feed(ctx, in, n, name); err != nil {
			return plugin.Exit(err)
		}
	}
	pause(ctx, i.config.Linger)
	return nil
}

// feed hands in one file.
func (i *testInput) feed(ctx context.Context, in plugin.Feed, n int, name string) error {
	var o plugin.StreamOptions
	if len(i.config.Files) > 1 {
		o.Token = strconv.Itoa(n)
	}
	at := i.acks.newPosition()
	o.Delivered = at.move
	s, err := in.Open(o)
	if err != nil {
		return err
	}
	defer func() {
		s.Close()
		at.end(s.Consumed())
	}()
	if filepath.Ext(name) == ".json" {
		return i.messages(ctx, s, name)
	}
	reads, err := i.reads(name)
	if err != nil {
		return err
	}
	switch i.config.As {
	case "blocks":
		i.blocks(ctx, s, reads)
		return nil
	case "body":
		return s.SplitAll(&reader{reads: reads})
	}
	return i.stream(ctx, s, reads)
}

// reads returns the reads of a file in the size that the section asks for.
func (i *testInput) reads(name string) ([][]byte, error) {
	reads, err := i.files.reads(name)
	if err != nil || i.config.Reads == 0 {
		return reads, err
	}
	var cut [][]byte
	for rest := bytes.Join(reads, nil); len(rest) > 0; {
		n := min(i.config.Reads, len(rest))
		cut = append(cut, rest[:n])
		rest = rest[n:]
	}
	return cut, nil
}

// settleAfter is how long a stream must be silent to count as settled.
const settleAfter = time.Second

func (i *testInput) stream(ctx context.Context, s plugin.Stream, reads [][]byte) error {
	if i.config.Pause == 0 {
		return s.Split(&reader{reads: reads})
	}
	for n, b := range reads {
		// The error keeps the stream from ending: a record may go on after the
		// pause.
		var end error = errPause
		if n == len(reads)-1 {
			end = io.EOF
		}
		if err := s.Split(&reader{reads: [][]byte{b}, end: end}); err != nil && err != errPause {
			return err
		}
		if !pause(ctx, i.config.Pause) {
			return nil
		}
		if i.config.Pause >= settleAfter {
			s.Settle()
		}
	}
	return nil
}

func (i *testInput) blocks(ctx context.Context, s plugin.Stream, reads [][]byte) {
	for _, b := range reads {
		i.acks.handed.Add(1)
		n, err := s.SplitBytes(b, func() { i.acks.done.Add(1) })
		switch {
		case err != nil:
			i.log.Error(err.Error())
		case n < len(b):
			i.log.Error(fmt.Sprintf("extra data dropped: %d bytes", len(b)-n))
		}
		if i.config.Pause > 0 {
			s.Flush()
			pause(ctx, i.config.Pause)
		}
	}
}

// messages hands in messages, whose bytes are overwritten when they are
// delivered.
func (i *testInput) messages(ctx context.Context, s plugin.Stream, name string) error {
	lines, err := i.files.lines(name)
	if err != nil {
		return err
	}
	for n, line := range lines {
		p := s.Pack()
		fresh := p.Message.Clone()
		if err := p.Message.ParseJSON(line); err != nil {
			return fmt.Errorf("%s: message %d: %w", name, n+1, err)
		}
		complete(&p.Message, fresh)
		i.acks.handed.Add(1)
		s.Deliver(p, func() {
			i.acks.done.Add(1)
			overwrite(line)
		})
		if i.config.Pause > 0 {
			s.Flush()
			pause(ctx, i.config.Pause)
		}
	}
	return nil
}

// complete gives m the headers that every message has.
func complete(m, fresh *message.Message) {
	if !m.HasUUID() {
		m.SetUUID(fresh.UUID())
	}
	if !m.HasTimestamp() {
		m.SetTimestamp(fresh.Timestamp())
	}
	if !m.Has("Logger") {
		m.SetLogger(fresh.Logger())
	}
}

func overwrite(b []byte) {
	for i := range b {
		b[i] = 0xDD
	}
}

// pause waits for d; false means that ctx was done first.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

var errPause = errors.New("no more data yet")

// reader gives one read after the other, and then an error, io.EOF unless it
// says otherwise.
type reader struct {
	reads [][]byte
	end   error
}

// Read implements io.Reader.
func (r *reader) Read(b []byte) (int, error) {
	if len(r.reads) == 0 {
		if r.end != nil {
			return 0, r.end
		}
		return 0, io.EOF
	}
	n := copy(b, r.reads[0])
	if r.reads[0] = r.reads[0][n:]; len(r.reads[0]) == 0 {
		r.reads = r.reads[1:]
	}
	return n, nil
}
