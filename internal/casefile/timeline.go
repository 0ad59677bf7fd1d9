package casefile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing/synctest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hekad/heka/plugin"
)

// Names of the parts of a case that move its clock.
const (
	waitPrefix = "wait " // a duration
	atPrefix   = "at "   // a moment in RFC 3339
)

// movesClock reports whether a part of a case is for its clock.
func movesClock(name string) bool {
	return strings.HasPrefix(name, waitPrefix) || strings.HasPrefix(name, atPrefix)
}

// step is one thing after the other of a case: bytes for an input, or time that
// passes.
type step struct {
	section string // input that the file is for
	file    txtar.File
	wait    time.Duration
	until   time.Time // zero unless the case names a moment
}

// earliest is the first moment that a case may name: the clock of a bubble begins
// there.
var earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// longest is how much time may pass in a case.
const longest = 10 * 365 * 24 * time.Hour

// timeStep reads a part that moves the clock.
func timeStep(f txtar.File) (step, error) {
	if len(strings.TrimSpace(string(f.Data))) > 0 {
		return step{}, fmt.Errorf("the part %s holds text; it only lets time pass", f.Name)
	}
	if text, ok := strings.CutPrefix(f.Name, waitPrefix); ok {
		d, err := time.ParseDuration(strings.TrimSpace(text))
		if err != nil || d <= 0 || d > longest {
			return step{}, fmt.Errorf("part %q: write a duration such as 60s or 1m30s behind wait", f.Name)
		}
		return step{wait: d}, nil
	}
	text := strings.TrimSpace(strings.TrimPrefix(f.Name, atPrefix))
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return step{}, fmt.Errorf("part %q: write a moment such as 2026-02-10T12:00:00Z behind at", f.Name)
	}
	if t.Before(earliest) {
		return step{}, fmt.Errorf("part %q: a case can begin in the year 2000 at the earliest", f.Name)
	}
	return step{until: t}, nil
}

// timeline is what happens in a case, in the order of its parts.
type timeline struct {
	begins time.Time // zero is now, by the clock on the wall
	steps  []step
	linger time.Duration
}

// timeline reads the parts of a case that go in.
func (w *Wiring) timeline(a Archive) (*timeline, error) {
	t := &timeline{linger: w.Linger}
	inputs := w.names(plugin.KindInput)
	for _, f := range a.Files {
		switch {
		case movesClock(f.Name):
			s, err := timeStep(f)
			if err != nil {
				return nil, err
			}
			if len(t.steps) == 0 && !s.until.IsZero() {
				t.begins = s.until
			}
			t.steps = append(t.steps, s)
		case strings.HasPrefix(f.Name, inputFolder):
			t.steps = append(t.steps, step{section: sectionOf(f.Name, inputFolder), file: f})
		case isInput(f.Name):
			t.steps = append(t.steps, step{section: inputs[0], file: f})
		}
	}
	return t, nil
}

// conductor hands the parts of a case to the inputs that they are for, one when
// everything has come of the one before, and lets time pass between them.
type conductor struct {
	timeline *timeline
	inputs   map[string]*stagedInput
	out      *sinks
	over     chan struct{} // closed when the run has ended
}

// conduct ends the inputs when it is done; its error is a moment that has passed.
func (c *conductor) conduct() error {
	defer func() {
		for _, in := range c.inputs {
			close(in.turns)
		}
	}()
	for _, s := range c.timeline.steps {
		switch {
		case s.wait > 0:
			c.pass(s.wait)
		case !s.until.IsZero():
			left := time.Until(s.until)
			if left < 0 {
				return fmt.Errorf("at %s: the clock of the case is at %s already", s.until.Format(time.RFC3339), time.Now().UTC().Format(time.RFC3339))
			}
			c.pass(left)
		default:
			in := c.inputs[s.section]
			if in == nil {
				return fmt.Errorf("file %s: the input %s takes what other plugins measure, and no files", s.file.Name, s.section)
			}
			c.turn(in, func(in *stagedInput, ctx context.Context, feed plugin.Feed) error { return in.part(ctx, feed, s.file) })
		}
	}
	c.pass(c.timeline.linger)
	return nil
}

// pass lets time pass. After a second of it streams settle: records that only wait
// for a possible continuation are delivered.
func (c *conductor) pass(d time.Duration) {
	if d >= settleAfter {
		c.sleep(settleAfter)
		d -= settleAfter
		for _, name := range slices.Sorted(maps.Keys(c.inputs)) {
			c.turn(c.inputs[name], (*stagedInput).settle)
		}
	}
	c.sleep(d)
}

// sleep lets time pass and waits until everything is done that is due then.
func (c *conductor) sleep(d time.Duration) {
	c.out.next(true)
	time.Sleep(d)
	synctest.Wait()
}

// turn lets an input do something, and waits until everything has come of it.
func (c *conductor) turn(in *stagedInput, do turn) {
	c.out.next(false)
	select {
	case in.turns <- do:
		synctest.Wait()
	case <-c.over:
	}
}

// turn is what a stagedInput does when it is told so.
type turn func(in *stagedInput, ctx context.Context, feed plugin.Feed) error

// stagedInput stands in for an input of a configuration and feeds what a conductor
// tells it.
type stagedInput struct {
	turns   chan turn // closed at the end
	log     *slog.Logger
	acks    *acks
	streams map[string]*stagedStream // by file
	order   []*stagedStream          // as they were opened
}

// stagedStream is one file, whose parts follow each other.
type stagedStream struct {
	plugin.Stream
	at    *position
	bytes bool
}

// Run implements plugin.Input.
func (in *stagedInput) Run(ctx context.Context, feed plugin.Feed) error {
	defer in.close()
	for {
		select {
		case do, more := <-in.turns:
			if !more {
				return in.end()
			}
			if err := do(in, ctx, feed); err != nil {
				return plugin.Exit(err)
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// part feeds a part of a case.
func (in *stagedInput) part(ctx context.Context, feed plugin.Feed, f txtar.File) error {
	s, err := in.stream(feed, f.Name)
	if err != nil {
		return err
	}
	one := Archive{&txtar.Archive{Files: []txtar.File{f}}}
	if !s.bytes {
		t := testInput{config: &InputConfig{}, files: one, log: in.log, acks: in.acks}
		if err := t.messages(ctx, s, f.Name); err != nil {
			return err
		}
		s.Flush()
		return nil
	}
	reads, err := one.reads(f.Name)
	if err != nil {
		return err
	}
	// The error keeps the stream from ending: a record may go on in the next part.
	if err := s.Split(&reader{reads: reads, end: errPause}); !errors.Is(err, errPause) {
		return err
	}
	return nil
}

// stream is that of a file, which its first part opens.
func (in *stagedInput) stream(feed plugin.Feed, name string) (*stagedStream, error) {
	if s, ok := in.streams[name]; ok {
		return s, nil
	}
	var o plugin.StreamOptions
	if len(in.streams) > 0 {
		o.Token = filepath.Base(name)
	}
	s := &stagedStream{at: in.acks.newPosition(), bytes: filepath.Ext(name) != ".json"}
	o.Delivered = s.at.move
	var err error
	if s.Stream, err = feed.Open(o); err != nil {
		return nil, err
	}
	if in.streams == nil {
		in.streams = map[string]*stagedStream{}
	}
	in.streams[name] = s
	in.order = append(in.order, s)
	return s, nil
}

// settle tells the streams that nothing came for a while.
func (in *stagedInput) settle(context.Context, plugin.Feed) error {
	for _, s := range in.order {
		s.Settle()
	}
	return nil
}

// end tells the streams of bytes that nothing more will come.
func (in *stagedInput) end() error {
	for _, s := range in.order {
		if !s.bytes {
			continue
		}
		if err := s.Split(&reader{}); err != nil {
			return plugin.Exit(err)
		}
	}
	return nil
}

func (in *stagedInput) close() {
	for _, s := range in.order {
		s.Close()
		s.at.end(s.Consumed())
	}
	in.streams, in.order = nil, nil
}
