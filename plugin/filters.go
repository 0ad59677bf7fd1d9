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

// Section is the section of a filter that may be added. Type and MessageMatcher are
// empty where the section does not set them.
type Section struct{ Name, Type, MessageMatcher string }

// Addition is a filter to be added.
type Addition struct {
	// Name of the filter; no other filter or output may have it.
	Name string
	// Text is a configuration with one section, the filter's. The name there does
	// not matter.
	Text string
	// Force sets options (strings, numbers, booleans) in the place of those in the
	// text.
	Force map[string]any
	// Replace lets the filter take the place of a running one of that name, which
	// must have been added too. Without it such a filter is an error.
	Replace bool
	// Ended, if not nil, is called once when the filter has ended, from a goroutine
	// of its own; err is nil when it was stopped or replaced, or when heka stops.
	Ended func(err error)
}

// Added is a filter that was added.
type Added interface {
	// Stop takes the filter out of the pipeline; it ends when it has processed what
	// it had matched, which heka.terminated announces. Stop does not wait for that.
	// It does nothing when the filter has ended or heka stops.
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
