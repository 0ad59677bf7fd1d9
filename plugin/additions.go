package plugin

import "time"

// Filters is how a filter brings further filters into the running pipeline and
// takes them out again (Env.Filters). Its methods may be called from any goroutine,
// from Prepare on. No message is lost or comes twice because of a change: each is
// matched either by those who were there before it or by those who are there after
// it, and who leaves still gets what it had matched.
type Filters interface {
	// Read returns what the one section of a configuration text says. References to
	// the environment stay as they are written.
	Read(text string) (Section, error)
	// Add builds a filter, prepares it and routes messages to it from then on.
	// When it takes the place of one that is running, or that has not ended yet,
	// it is prepared when that one has ended; messages wait for it meanwhile.
	Add(a Addition) (Added, error)
}

// Inputs is how an input brings further inputs into the running pipeline and takes
// them out again (Env.Inputs). Its methods may be called from any goroutine while
// Run works. What an input has handed over when it is taken out is delivered, and
// its last position written, before a successor of its name starts.
type Inputs interface {
	// Read returns what a section of a configuration text says. References to the
	// environment stay as they are written; other sections do not matter.
	Read(text, section string) (Section, error)
	// Add builds an input, prepares it and lets it run. Its splitter and decoder are
	// sections of heka's configuration. When it takes the place of one that is
	// running, or that is not gone yet, it is prepared when that one is gone. An
	// error is a *StartError if only the preparation failed.
	Add(a Addition) (Added, error)
}

// StartError is why something that is configured as it should be cannot start now.
type StartError struct{ Err error }

func (e *StartError) Error() string { return e.Err.Error() }

func (e *StartError) Unwrap() error { return e.Err }

// Section is the section of a plugin that may be added. Type and MessageMatcher are
// empty where the section does not set them.
type Section struct {
	Name, Type, MessageMatcher string
	// Digest is the same for two sections that set the same options to the same
	// values, however and in whatever order they are written.
	Digest string
}

// Addition is a plugin to be added.
type Addition struct {
	// Name of the plugin; no other one that runs and is of its kind may have it, nor
	// may a filter and an output have the same.
	Name string
	// Text is a configuration that has the plugin's section.
	Text string
	// Section is the name of that section in the text. Empty: it is the only one.
	Section string
	// Default sets options (strings, numbers, booleans) that the text does not set,
	// Force also those that it does.
	Default, Force map[string]any
	// Replace lets the plugin take the place of a running one of that name, which
	// must have been added too. Without it such a plugin is an error.
	Replace bool
	// Ended, if not nil, is called once when the plugin has ended, from a goroutine
	// of its own; err is nil when it was stopped or replaced, when heka stops, or
	// when an input has come to its end.
	Ended func(err error)
}

// Added is a plugin that was added.
type Added interface {
	// Stop takes the plugin out of the pipeline. A filter ends when it has processed
	// what it had matched, which heka.terminated announces; an input is told to end.
	// Stop does not wait for that. It does nothing when the plugin has ended or heka
	// stops.
	Stop()
}

// Pressure is the state of the queue in front of a filter or output.
type Pressure struct {
	// Full: whoever has messages for it must wait, or they are dropped.
	Full bool
	// Waiting is the number of messages in the queue in memory.
	Waiting int
	// MatchDuration is the average time that its message_matcher takes.
	MatchDuration time.Duration
}
