package logstream

import (
	"errors"
	"syscall"
	"time"
)

// errStale says that files were renamed or removed while they were looked
// through, so that the listing has to be made anew.
var errStale = errors.New("the files have changed since the last scan")

// patience is for how long a decision that cannot be taken back waits for a
// directory to be left alone.
const patience = 5 * time.Second

// scarce reports whether an error says nothing about a file, but that the system
// has run out of something for the moment, such as file handles. What it would
// have told has to be asked again.
func scarce(err error) bool {
	return errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) ||
		errors.Is(err, syscall.ENOMEM) || errors.Is(err, syscall.ESTALE)
}

// patient reports whether a decision should wait because the directories of some
// files have changed since the listing, so that a file may have slipped through
// it. The wait has an end, for directories that change all the time.
func (f *Follower) patient(paths ...string) bool {
	for _, path := range paths {
		if f.dirChanged(path) {
			if f.list.doubtsSince.IsZero() {
				f.list.doubtsSince = time.Now()
			}
			return time.Since(f.list.doubtsSince) < patience
		}
	}
	f.list.doubtsSince = time.Time{}
	return false
}
