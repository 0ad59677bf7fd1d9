package plugin

import (
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"time"
)

// Env is what an instance knows about its surroundings. Its fields are set by
// the host before build is called and never change.
type Env struct {
	// Name is the instance's name: the section's, or for splitters, decoders
	// and encoders "<user>-<section>[-<token>]".
	Name string
	// Log writes to heka's log under that name. Equal lines are rate-limited.
	Log *slog.Logger
	// Hostname and Pid of this heka, for messages it makes.
	Hostname string
	Pid      int32
	// BaseDir is where state is written, ShareDir where read-only resources lie.
	BaseDir, ShareDir string
	// MaxMessageSize is the largest encoded message in bytes that framing takes.
	MaxMessageSize int
	// MaxMessageLoops is how many generations of injected messages may follow
	// one from an input; MaxProcessInject and MaxTimerInject are how many a
	// script may inject in one call.
	MaxMessageLoops, MaxProcessInject, MaxTimerInject uint
	// SampleDenominator: durations are measured for one call in this many.
	SampleDenominator int
	// PluginChanSize is how many samples a judgement about speed needs, and
	// MaxProcessDuration the average time for a message above which a filter that
	// was added to the running pipeline counts as slow.
	PluginChanSize     int
	MaxProcessDuration time.Duration

	// Admin answers questions about this heka: reports, the running graph, live
	// messages; see heka run --help. It asks nobody who they are: who serves it sees
	// to that. Nil where there is none, as in tests.
	Admin http.Handler

	// Decoder builds another decoder section for use inside this one. Only set
	// for decoders.
	Decoder func(section string) (Decoder, error)
	// Encode appends the message in the output's encoding, framed if
	// use_framing holds. ErrSkip means there is nothing to send. Only set for
	// outputs, and nil when the section has no encoder.
	Encode func(dst []byte, p *Pack) ([]byte, error)
	// Filters adds filters to the running pipeline. Only set for filters.
	Filters Filters
	// Inputs adds inputs to the running pipeline. Only set for inputs.
	Inputs Inputs
	// AddedBy is the name of the filter or input that added this one by Filters or
	// Inputs, or empty. An added filter ends, by Terminated, rather than hold others up.
	AddedBy string
	// Pressure tells about the queue in front of the instance. Only set for filters
	// and outputs.
	Pressure func() Pressure
}

// BasePath resolves a path relative to BaseDir; absolute ones stay.
func (e *Env) BasePath(p string) string { return under(e.BaseDir, p) }

// SharePath resolves a path relative to ShareDir; absolute ones stay.
func (e *Env) SharePath(p string) string { return under(e.ShareDir, p) }

func under(dir, p string) string {
	if strings.HasPrefix(p, "/") || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(dir, p)
}
