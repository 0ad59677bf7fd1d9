package logstream

import (
	"errors"
	"syscall"
	"time"
)

// errStale says that files were renamed or removed while they were looked
// through, so that the listing has to be made anew.
var errStale = errors.New("the files have changed since the last scan")

// A doubt keeps a decision that cannot be taken back waiting for a directory to be
// left alone. It has an end, for directories that change all the time: after
// patience and patientLooks, since whoever looked last may have been kept from it
// for long.
type doubt struct {
	since time.Time
	looks int
}

const (
	patience     = 5 * time.Second
	patientLooks = 10
)

// lasts counts a look in which there was still reason for doubt, and reports whether
// the decision should wait.
func (d *doubt) lasts() bool {
	if d.looks == 0 {
		d.since = time.Now()
	}
	d.looks++
	return d.looks <= patientLooks || time.Since(d.since) < patience
}

// resolve ends the doubt.
func (d *doubt) resolve() { *d = doubt{} }

// scarce reports whether an error says nothing about a file, but that the system
// has run out of something for the moment, such as file handles. What it would
// have told has to be asked again.
func scarce(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) ||
		errors.Is(err, syscall.ENOMEM) || errors.Is(err, syscall.ESTALE)
}

// patient reports whether a decision should wait because the directories of some
// files have changed since the listing, so that a file may have slipped through
// it.
func (f *Follower) patient(paths ...string) bool {
	for _, path := range paths {
		if f.dirChanged(path) {
			return f.list.passed.lasts()
		}
	}
	f.list.passed.resolve()
	return false
}
