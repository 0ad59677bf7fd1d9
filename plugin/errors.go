package plugin

import (
	"errors"

	"github.com/hekad/heka/message"
)

// ErrSkip is returned by an encoder or decoder that has nothing to say about a
// message: it is passed over without being an error.
var ErrSkip = errors.New("nothing to do for this message")

// Errors returned by filters and outputs mean: try the same message again after
// a pause (outputs), or count the message as failed (filters). These say
// something else.

// Refused marks err as final for the message: trying again is of no use. The
// message is counted as dropped for the given reason, a short fixed word.
func Refused(reason string, err error) error { return &refusedError{reason, err} }

// Fatal marks err as the end of this instance: the host closes it and, as far
// as the retries section allows, builds a new one. The message at hand is kept.
func Fatal(err error) error { return &fatalError{err} }

// Exit marks err as the end of the plugin for good: it is not built anew. Heka
// goes on without it if the section has can_exit, and stops otherwise.
func Exit(err error) error { return &exitError{err: err} }

// Terminated is Exit for a plugin that announces its end in a message of its own,
// which announce fills in; err is only logged. The host makes the message, with a
// fresh Uuid and Logger hekad, and routes it in the place of heka.terminated,
// whether heka goes on or stops.
func Terminated(err error, announce func(m *message.Message)) error {
	return &exitError{err, announce}
}

// Announcement returns what err was given by Terminated, or nil.
func Announcement(err error) func(m *message.Message) {
	var x *exitError
	if errors.As(err, &x) {
		return x.announce
	}
	return nil
}

type exitError struct {
	err      error
	announce func(m *message.Message)
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

type refusedError struct {
	reason string
	err    error
}

func (e *refusedError) Error() string { return e.err.Error() }
func (e *refusedError) Unwrap() error { return e.err }

type fatalError struct{ err error }

func (e *fatalError) Error() string { return e.err.Error() }
func (e *fatalError) Unwrap() error { return e.err }

// RefusedReason reports whether err was marked by Refused, and its reason.
func RefusedReason(err error) (string, bool) {
	var r *refusedError
	if errors.As(err, &r) {
		return r.reason, true
	}
	return "", false
}

// IsFatal reports whether err was marked by Fatal.
func IsFatal(err error) bool {
	var f *fatalError
	return errors.As(err, &f)
}

// IsExit reports whether err was marked by Exit.
func IsExit(err error) bool {
	var x *exitError
	return errors.As(err, &x)
}
