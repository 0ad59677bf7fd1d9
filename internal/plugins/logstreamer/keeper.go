package logstreamer

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/hekad/heka/internal/logstream"
)

const (
	// notePause is the least time between two rounds in which positions are
	// written down: what was delivered within it comes again if the process is
	// killed.
	notePause = 2 * time.Millisecond
	// saveInterval is after what time a noted position is saved.
	saveInterval = time.Second
	// At most one part in saveShare of the time goes into saving, which waits
	// for the disk; saveCredit may be spent at once.
	saveShare  = 10
	saveCredit = 200 * time.Millisecond
	// When there was no time left, saving begins again with retryCredit, so that
	// each look at those who wait is worth it.
	retryCredit = saveCredit / 10
)

// A keeper writes the positions of readers down: noted, cheaply, soon after
// something was delivered, and saved, durably, a second later or when the reader
// is in another file.
type keeper struct {
	journal *logstream.Journal
	warn    func(error)
	forget  func(*reader) // told of readers that are over and saved
	woken   chan struct{}

	mu    sync.Mutex // guards moved, and keeping.moved
	moved []*reader  // something of them was delivered since the last round

	// What follows is for the goroutine in run, or for close.
	late     []*reader // that have to be saved when there is time for it
	retry    time.Time // when that may be
	todo     []*reader // of the current round
	noted    []*reader // that were only noted, or have their progress file open
	next     time.Time // when noted are saved
	credit   time.Duration
	credited time.Time
}

// keeping is what a keeper knows of a reader.
type keeping struct {
	moved bool
	noted bool                // in keeper.noted
	kept  int64               // offset of the position written down last, or -1
	saved int64               // offset of the position saved last, or -1
	saver *logstream.Saver    // nil before the first position
	start *logstream.Position // as it was loaded, until the first position
}

// saver returns what writes the positions of a reader.
func (k *keeper) saver(r *reader) *logstream.Saver {
	if r.keeping.saver == nil {
		r.keeping.saver = k.journal.Saver(r.name)
	}
	return r.keeping.saver
}

func newKeeper(warn func(error), forget func(*reader)) *keeper {
	now := time.Now()
	return &keeper{warn: warn, forget: forget, woken: make(chan struct{}, 1),
		next: now.Add(saveInterval), credit: saveCredit, credited: now}
}

// touch says that something of a reader was delivered, or that it has begun or is
// over. It may be called by any goroutine.
func (k *keeper) touch(r *reader) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if r.keeping.moved {
		return
	}
	r.keeping.moved = true
	k.moved = append(k.moved, r)
	select {
	case k.woken <- struct{}{}:
	default:
	}
}

// run writes positions down until ctx is done.
func (k *keeper) run(ctx context.Context) {
	next, pause := time.NewTimer(saveInterval), time.NewTimer(0)
	defer next.Stop()
	defer pause.Stop()
	for {
		select {
		case <-k.woken:
		case <-next.C:
		case <-ctx.Done():
			return
		}
		next.Reset(k.round())
		pause.Reset(notePause)
		select {
		case <-pause.C:
		case <-ctx.Done():
			return
		}
	}
}

// round writes down what is to be. It returns when to call it again at the
// latest.
func (k *keeper) round() time.Duration {
	k.todo = k.todo[:0]
	retry := !time.Now().Before(k.retry)
	if retry {
		k.late, k.todo = k.todo, k.late
	}
	k.mu.Lock()
	for _, r := range k.moved {
		r.keeping.moved = false
	}
	k.todo = append(k.todo, k.moved...)
	k.moved = k.moved[:0]
	k.mu.Unlock()
	for _, r := range k.todo {
		k.write(r)
	}
	clear(k.todo)
	if !time.Now().Before(k.next) {
		k.saveNoted()
		k.next = time.Now().Add(saveInterval)
	}
	if retry {
		k.retry = time.Now().Add(saveShare * max(notePause, retryCredit-k.credit))
	}
	pause := time.Hour
	if len(k.noted) > 0 {
		pause = time.Until(k.next)
	}
	if len(k.late) > 0 {
		pause = min(pause, time.Until(k.retry))
	}
	return max(0, pause)
}

// write notes the position of a reader, or saves it if that is needed.
func (k *keeper) write(r *reader) {
	over := r.ended.Load() && r.progress.settled()
	if r.keeping.kept < 0 && !over && !k.afford() {
		k.late = append(k.late, r)
		return
	}
	p, offset := r.position()
	start := r.keeping.start
	r.keeping.start = nil
	switch {
	case p.IsZero(), offset == r.keeping.saved && !over:
	case start != nil && p.Is(start):
		r.keeping.saved = offset
		r.keep(offset)
	case over || !k.saver(r).CanNote(&p):
		if !k.save(r, p, offset) {
			k.late = append(k.late, r)
			return
		}
	case offset != r.keeping.kept:
		if err := k.saver(r).Note(p); err != nil {
			k.complain(r, err)
			return
		}
		r.keep(offset)
		if !r.keeping.noted {
			r.keeping.noted = true
			k.noted = append(k.noted, r)
		}
	}
	if over {
		k.end(r)
	}
}

// save saves a position if there is time for it, and reports whether it did, or
// need not.
func (k *keeper) save(r *reader, p logstream.Position, offset int64) bool {
	if offset == r.keeping.saved {
		return true
	}
	if !k.afford() {
		return false
	}
	now := time.Now()
	if err := k.saver(r).Save(p); err != nil {
		k.warn(err)
		k.credit = min(k.credit, -saveInterval/saveShare)
		return false
	}
	k.credit -= time.Since(now)
	r.keep(offset)
	r.keeping.saved = offset
	return true
}

// afford reports whether there is time to save a position.
func (k *keeper) afford() bool {
	now := time.Now()
	k.credit = min(saveCredit, k.credit+now.Sub(k.credited)/saveShare)
	k.credited = now
	return k.credit > 0
}

// complain reports an error and has the position written down later.
func (k *keeper) complain(r *reader, err error) {
	k.warn(err)
	k.late = append(k.late, r)
}

// saveNoted saves positions that were noted. A reader that has not moved since
// the last time needs its progress file no more.
func (k *keeper) saveNoted() {
	list := k.noted
	k.noted = nil
	for _, r := range list {
		if r.keeping.kept == r.keeping.saved {
			r.keeping.noted = false
			if err := k.saver(r).Release(); err != nil {
				k.warn(err)
			}
			continue
		}
		k.noted = append(k.noted, r)
		if p, offset := r.position(); !p.IsZero() {
			k.save(r, p, offset)
		}
	}
}

// end forgets a reader that is over.
func (k *keeper) end(r *reader) {
	if err := k.saver(r).Close(); err != nil {
		k.warn(err)
	}
	k.forget(r)
}

// close saves the last positions of all readers, after run has ended.
func (k *keeper) close(all []*reader) error {
	var errs []error
	for _, r := range all {
		if p, offset := r.position(); !p.IsZero() && offset != r.keeping.saved {
			if err := k.saver(r).Save(p); err != nil {
				errs = append(errs, err)
			}
		}
		if r.keeping.saver != nil {
			errs = append(errs, r.keeping.saver.Close())
		}
	}
	return errors.Join(errs...)
}
