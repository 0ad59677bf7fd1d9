package logstream

import (
	"context"
	"sync"
	"time"
)

// A Catalog keeps the latest listing of a Scanner for all followers of its
// streams. Whoever suspects that the files have changed asks for a new one;
// requests that come together share one scan. It is safe for concurrent use.
type Catalog struct {
	scanner *Scanner
	every   time.Duration
	// scanning holds a token while a scan runs.
	scanning chan struct{}

	mu      sync.Mutex // guards the rest
	begun   uint64     // scans begun
	latest  *Listing
	changed chan struct{} // closed when latest is replaced
	tried   time.Time     // when the last scan was asked for
	poked   time.Time     // when the directories were last examined
	next    int           // directory to be examined first next time
}

// pokeBudget is how many directories are examined at a time.
const pokeBudget = 256

// NewCatalog returns a catalog without a listing; every is the period of Run,
// and for how long a listing is trusted.
func NewCatalog(sc *Scanner, every time.Duration) *Catalog {
	return &Catalog{
		scanner:  sc,
		every:    every,
		scanning: make(chan struct{}, 1),
		changed:  make(chan struct{}),
	}
}

// Latest returns the latest listing, or nil before the first scan.
func (c *Catalog) Latest() *Listing {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.latest
}

// Refresh returns a listing of a scan that began after the call. If the scan
// fails the latest listing stays as it is.
func (c *Catalog) Refresh(ctx context.Context) (*Listing, error) {
	c.mu.Lock()
	before := c.begun
	c.mu.Unlock()
	select {
	case c.scanning <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-c.scanning }()
	c.mu.Lock()
	if c.begun > before && c.latest != nil && c.latest.Gen > before {
		defer c.mu.Unlock()
		return c.latest, nil
	}
	c.begun++
	c.tried = time.Now()
	gen := c.begun
	c.mu.Unlock()

	l, err := c.scanner.Scan(ctx)
	if err != nil {
		return nil, err
	}
	l.settle(c.Latest()) // which stays as it is while the token is held
	c.mu.Lock()
	defer c.mu.Unlock()
	l.Gen = gen
	l.Notices = l.notices(c.latest)
	c.latest = l
	close(c.changed)
	c.changed = make(chan struct{})
	return l, nil
}

// Await returns the first listing that is newer than the one numbered gen,
// whoever asked for the scan. It is how an input learns of new streams.
func (c *Catalog) Await(ctx context.Context, gen uint64) (*Listing, error) {
	for {
		c.mu.Lock()
		latest, changed := c.latest, c.changed
		c.mu.Unlock()
		if latest != nil && latest.Gen > gen {
			return latest, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Run scans periodically until the context ends, and soon after the entries of
// a directory change. Errors of a scan go to report.
func (c *Catalog) Run(ctx context.Context, report func(error)) {
	for {
		pause := time.NewTimer(min(c.every, time.Second))
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
			return
		}
		if err := c.Poke(ctx); err != nil && ctx.Err() == nil {
			report(err)
		}
	}
}

// Poke refreshes the listing if it has grown old, or if a directory in it has
// got or lost an entry since. Otherwise it costs at most a stat per directory,
// and nothing if it was called shortly before.
func (c *Catalog) Poke(ctx context.Context) error {
	if !c.stale() {
		return nil
	}
	_, err := c.Refresh(ctx)
	return err
}

// stale reports whether it is time for a new listing. A new entry in a
// directory is answered at most once a second, and so that scans take up at
// most a twentieth of the time.
func (c *Catalog) stale() bool {
	c.mu.Lock()
	l, now := c.latest, time.Now()
	if now.Sub(c.tried) < min(c.every, time.Second) {
		c.mu.Unlock()
		return false
	}
	if l == nil {
		c.mu.Unlock()
		return true
	}
	age := now.Sub(l.Began)
	if age >= c.every {
		c.mu.Unlock()
		return true
	}
	pause := max(time.Second, 20*l.Took)
	if age < pause || now.Sub(c.poked) < 100*time.Millisecond || len(l.dirs) == 0 {
		c.mu.Unlock()
		return false
	}
	c.poked = now
	first := c.next % len(l.dirs)
	n := min(pokeBudget, len(l.dirs))
	c.next = (first + n) % len(l.dirs)
	c.mu.Unlock()

	for i := range n {
		if l.dirs[(first+i)%len(l.dirs)].changed() {
			return true
		}
	}
	return false
}
