package plugin

import (
	"errors"
	"time"
)

// FilterManager is a filter that keeps others, which it loads and unloads while heka
// runs, and that takes orders for it not only from messages: the admin API passes on
// those of people. Its methods may be called from any goroutine while the instance
// runs.
type FilterManager interface {
	// Managed describes the filters that it keeps.
	Managed() Managed
	// Source returns the configuration and the script of a filter, by its name; the
	// error is an fs.ErrNotExist where there is no such filter.
	Source(name string) (config, script string, err error)
	// Load starts a filter. The name is that under which it runs; with an error it
	// may be empty. The error is an ErrConflict where another order must come first.
	Load(o LoadOrder) (name string, err error)
	// Unload stops a filter and forgets it, with purge also what it preserved. It may
	// be named as it runs or as its section. The error is an fs.ErrNotExist where
	// there is no such filter.
	Unload(name string, purge bool) (full string, err error)
}

// LoadOrder asks a FilterManager for a filter.
type LoadOrder struct {
	// Config is a configuration with one section, the filter's.
	Config string
	// Script is its source.
	Script string
	// Replace lets it take the place of a filter of that name.
	Replace bool
}

// ErrConflict is wrapped by errors of orders that what runs already stands against:
// a filter of that name, or too many filters.
var ErrConflict = errors.New("conflicts with what runs")

// Managed is what a FilterManager keeps.
type Managed struct {
	// MaxFilters is how many may run.
	MaxFilters int
	// Filters are those that run and those that were terminated, by name.
	Filters []ManagedFilter
}

// ManagedFilter is a filter that a FilterManager keeps.
type ManagedFilter struct {
	// Name under which it runs, and the message_matcher of its section; the latter
	// is empty for a filter that was terminated.
	Name, Matcher string
	// Since is when it was loaded, in this run of heka.
	Since time.Time
	// Terminated is why it does not run, or empty.
	Terminated string
}

// Publisher is a filter that tells what it publishes for people: payloads under a
// name and a type, of which the newest counts. Published may be called from any
// goroutine.
type Publisher interface {
	Published() []Publication
}

// Publication is what was published under a name and a type.
type Publication struct {
	Name, Type string
	// Bytes of the newest, and when it came.
	Bytes int
	Time  time.Time
}
