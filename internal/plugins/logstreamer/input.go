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

// Input is the LogstreamerInput plugin.
type Input struct {
	config  *InputConfig
	env     *plugin.Env
	catalog *logstream.Catalog
	journal *logstream.Journal
	first   *logstream.Listing
	hints   *logstream.Hints // nil if the system has none
	started int              // streams, for their tokens
	taken   map[string]bool  // streams that another input follows, which was told
	turns   *schedule
	keeper  *keeper
	owners  *owners

	mu      sync.Mutex // guards readers
	readers map[string]*reader
}

func newInput(c *InputConfig, env *plugin.Env, owners *owners) (plugin.Input, error) {
	scanner, err := logstream.NewScanner(c.Scheme(env.Name))
	if err != nil {
		return nil, optionErrors(err)
	}
	in := &Input{config: c, env: env, catalog: logstream.NewCatalog(scanner, c.RescanInterval),
		turns: newSchedule(), readers: map[string]*reader{}, taken: map[string]bool{}, owners: owners}
	in.keeper = newKeeper(in.warn, in.forget)
	return in, nil
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

// Prepare opens the journal and looks for files. It fails when another input follows
// one of the streams.
func (in *Input) Prepare(ctx context.Context) error {
	err := in.prepare(ctx)
	if err != nil && in.journal != nil {
		in.owners.leave(in)
		err = errors.Join(err, in.journal.Close())
		in.journal = nil
	}
	return err
}

func (in *Input) prepare(ctx context.Context) error {
	var err error
	if in.journal, err = logstream.OpenJournal(in.config.Journal(in.env.BaseDir)); err != nil {
		return err
	}
	in.keeper.journal = in.journal
	if in.first, err = in.catalog.Refresh(ctx); err != nil {
		return err
	}
	for _, s := range in.first.Streams {
		if err := in.owners.claim(in, s.Name); err != nil {
			return err
		}
	}
	return in.first.Refused
}

// Run follows all streams until ctx is done. When heka runs once it reads them to
// their ends.
func (in *Input) Run(ctx context.Context, feed plugin.Feed) error {
	if feed.Once() {
		// Nothing is waited for.
	} else if hints, err := logstream.NewHints(); err != nil {
		in.env.Log.Info("checking files at intervals only", "error", err)
	} else {
		defer hints.Close()
		in.hints = hints
	}
	var others sync.WaitGroup
	defer others.Wait()
	keeping, stop := context.WithCancel(context.Background())
	defer stop()
	others.Go(func() { in.keeper.run(keeping) })
	turning, halt := context.WithCancel(ctx)
	defer halt()
	others.Go(func() { in.turns.run(turning) })
	if feed.Once() {
		in.start(ctx, feed, in.first)
		select {
		case <-in.turns.finished():
			return nil
		case <-ctx.Done():
		}
	} else {
		others.Go(func() { in.catalog.Run(ctx, in.warn) })
		for listing := in.first; listing != nil; {
			in.start(ctx, feed, listing)
			listing, _ = in.catalog.Await(ctx, listing.Gen) // fails when ctx is done
		}
	}
	in.turns.wait()
	for _, r := range in.all() {
		if !r.ended.Load() {
			r.end(nil)
		}
	}
	return nil
}

func (in *Input) warn(err error) { in.env.Log.Warn(err.Error()) }

// start begins to follow the streams of a listing that are not followed yet.
func (in *Input) start(ctx context.Context, feed plugin.Feed, l *logstream.Listing) {
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
		if err := in.owners.claim(in, s.Name); err != nil {
			if !in.taken[s.Name] {
				in.taken[s.Name] = true
				in.warn(err)
			}
			continue
		}
		delete(in.taken, s.Name)
		at, err := position(in.journal, s.Name, in.warn)
		if err != nil {
			in.warn(fmt.Errorf("stream %q is left for the next scan: %w", s.Name, err))
			continue
		}
		in.started++
		r := in.reader(ctx, feed, s.Name, at, l == in.first)
		in.mu.Lock()
		in.readers[s.Name] = r
		in.mu.Unlock()
		in.turns.add(ctx, r)
	}
}

// reader makes the reader of a stream that was left at a position.
func (in *Input) reader(ctx context.Context, feed plugin.Feed, name string, at logstream.Position, first bool) *reader {
	hostname := in.config.Hostname
	if hostname == "" {
		hostname = in.env.Hostname
	}
	r := &reader{
		name:     name,
		resting:  true,
		feed:     feed,
		schedule: in.turns,
		keeper:   in.keeper,
		check:    in.config.CheckDataInterval,
		fail:     func(err error) { in.env.Log.Error(fmt.Sprintf("stream %q", name), "error", err) },
		options: plugin.StreamOptions{
			Token:  strconv.Itoa(in.started),
			Logger: name,
			Decorate: func(p *plugin.Pack) {
				p.Message.SetType("logfile")
				p.Message.SetHostname(hostname)
			},
		},
	}
	r.follower = logstream.NewFollower(in.catalog, name, logstream.Options{
		Start: at, Tail: in.config.InitialTail && first, Once: feed.Once(),
		Hints: in.hints, Wake: func() { in.turns.wake(ctx, r) }, Warn: in.warn,
	})
	r.caughtUp.Store(time.Now().UnixNano())
	r.keeping = keeping{kept: -1, saved: -1}
	if !at.IsZero() {
		start := at // not at itself, which most readers need no memory for
		r.keeping.start = &start
	}
	return r
}

// forget ends the interest in a stream that is over and saved; if its files come
// back it is a new one.
func (in *Input) forget(r *reader) {
	in.mu.Lock()
	defer in.mu.Unlock()
	delete(in.readers, r.name)
	in.owners.free(in, r.name)
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
	defer in.owners.leave(in)
	return errors.Join(in.keeper.close(in.all()), in.journal.Close())
}

// Lag implements plugin.Lagging.
func (in *Input) Lag() (bytes int64, since time.Duration) {
	for _, one := range in.all() {
		st := one.follower.Status()
		bytes += st.Lag
		since = max(since, one.behind(&st))
	}
	return bytes, since
}

// Report implements plugin.Reporter.
func (in *Input) Report(r *plugin.Report) {
	all := in.all()
	const others = 16 // which are added behind these
	r.Counters = slices.Grow(r.Counters, counters*len(all)+others)
	for _, one := range all {
		one.report(r)
	}
}
