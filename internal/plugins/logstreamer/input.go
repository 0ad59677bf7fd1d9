package logstreamer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hekad/heka/internal/logstream"
	"github.com/hekad/heka/plugin"
)

// Positions are saved this long after the last time, or longer when saving takes
// time itself, as with many busy streams: at most one part in saveShare of the
// time goes into it.
const (
	saveInterval = 100 * time.Millisecond
	saveShare    = 10
)

// Input is the LogstreamerInput plugin.
type Input struct {
	config  *InputConfig
	env     *plugin.Env
	catalog *logstream.Catalog
	journal *logstream.Journal
	first   *logstream.Listing
	hints   *logstream.Hints // nil if the system has none
	started int              // streams, for their tokens

	mu      sync.Mutex // guards readers
	readers map[string]*reader
}

func newInput(c *InputConfig, env *plugin.Env) (plugin.Input, error) {
	scanner, err := logstream.NewScanner(c.Scheme(env.Name))
	if err != nil {
		return nil, optionErrors(err)
	}
	return &Input{config: c, env: env, catalog: logstream.NewCatalog(scanner, c.RescanInterval),
		readers: map[string]*reader{}}, nil
}

// optionErrors makes the contract's errors of logstream's.
func optionErrors(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, e := range joined.Unwrap() {
			all = append(all, optionErrors(e))
		}
		return errors.Join(all...)
	}
	var option *logstream.OptionError
	if errors.As(err, &option) {
		return &plugin.OptionError{Option: option.Option, Err: option.Err}
	}
	return err
}

// Prepare opens the journal and looks for files.
func (in *Input) Prepare(ctx context.Context) error {
	var err error
	if in.journal, err = logstream.OpenJournal(in.config.Journal(in.env.BaseDir)); err != nil {
		return err
	}
	if in.first, err = in.catalog.Refresh(ctx); err != nil {
		return err
	}
	return in.first.Refused
}

// Run follows all streams until ctx is done. When heka runs once it reads them to
// their ends.
func (in *Input) Run(ctx context.Context, feed plugin.Feed) error {
	if hints, err := logstream.NewHints(); err != nil {
		in.env.Log.Info("checking files at intervals only", "error", err)
	} else {
		defer hints.Close()
		in.hints = hints
	}
	var readers, others sync.WaitGroup
	keeping, stop := context.WithCancel(context.Background())
	others.Go(func() { in.keep(keeping) })
	defer others.Wait()
	defer stop()
	if feed.Once() {
		in.start(ctx, feed, &readers, in.first)
		readers.Wait()
		return nil
	}
	others.Go(func() { in.catalog.Run(ctx, in.warn) })
	for listing := in.first; listing != nil; {
		in.start(ctx, feed, &readers, listing)
		listing, _ = in.catalog.Await(ctx, listing.Gen) // fails when ctx is done
	}
	readers.Wait()
	return nil
}

func (in *Input) warn(err error) { in.env.Log.Warn(err.Error()) }

// start begins to follow the streams of a listing that are not followed yet.
func (in *Input) start(ctx context.Context, feed plugin.Feed, running *sync.WaitGroup, l *logstream.Listing) {
	for _, notice := range l.Notices {
		in.warn(notice)
	}
	for _, s := range l.Streams {
		in.mu.Lock()
		_, known := in.readers[s.Name]
		in.mu.Unlock()
		if known {
			continue
		}
		at, err := position(in.journal, s.Name, in.warn)
		if err != nil {
			in.warn(fmt.Errorf("stream %q is left for the next scan: %w", s.Name, err))
			continue
		}
		in.started++
		r := in.reader(feed, s.Name, at, l == in.first)
		in.mu.Lock()
		in.readers[s.Name] = r
		in.mu.Unlock()
		running.Go(func() {
			if err := r.run(ctx); err != nil {
				in.env.Log.Error(fmt.Sprintf("stream %q", r.name), "error", err)
			}
		})
	}
}

// reader makes the reader of a stream that was left at a position.
func (in *Input) reader(feed plugin.Feed, name string, at logstream.Position, first bool) *reader {
	hostname := in.config.Hostname
	if hostname == "" {
		hostname = in.env.Hostname
	}
	return &reader{
		name: name,
		feed: feed,
		options: plugin.StreamOptions{
			Token:  strconv.Itoa(in.started),
			Logger: name,
			Decorate: func(p *plugin.Pack) {
				p.Message.SetType("logfile")
				p.Message.SetHostname(hostname)
			},
		},
		follower: logstream.NewFollower(in.catalog, name, logstream.Options{
			Start: at, Tail: in.config.InitialTail && first, Once: feed.Once(),
			CheckInterval: in.config.CheckDataInterval, Hints: in.hints, Warn: in.warn,
		}),
		saved: -1,
	}
}

// keep saves positions until ctx is done.
func (in *Input) keep(ctx context.Context) {
	next := time.NewTimer(saveInterval)
	defer next.Stop()
	for {
		select {
		case <-next.C:
			began := time.Now()
			in.save()
			next.Reset(max(saveInterval, saveShare*time.Since(began)))
		case <-ctx.Done():
			return
		}
	}
}

// save saves all positions, and forgets streams that are over.
func (in *Input) save() {
	for _, r := range in.all() {
		over := r.ended.Load() && r.progress.settled()
		if err := r.save(in.journal); err != nil {
			in.warn(err)
		} else if over {
			in.mu.Lock()
			delete(in.readers, r.name)
			in.mu.Unlock()
		}
	}
}

// all lists the readers by name.
func (in *Input) all() []*reader {
	in.mu.Lock()
	defer in.mu.Unlock()
	list := make([]*reader, 0, len(in.readers))
	for _, r := range in.readers {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b *reader) int { return strings.Compare(a.name, b.name) })
	return list
}

// Close saves the last positions.
func (in *Input) Close() error {
	if in.journal == nil {
		return nil
	}
	in.save()
	return in.journal.Close()
}

// Report implements plugin.Reporter.
func (in *Input) Report(r *plugin.Report) {
	for _, one := range in.all() {
		one.report(r)
	}
}
