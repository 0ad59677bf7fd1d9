package cli

import (
	"time"

	"github.com/hekad/heka/plugin"
)

// runInput lets the script of an input make its messages.
func (r *scriptRun) runInput(in plugin.Input) {
	f := &scriptFeed{run: r, left: max(r.ticks, 1), start: time.Now()}
	err := in.Run(r.ctx, f)
	if f.calls == 0 {
		f.count(err != nil)
	}
	r.complain("the input", err)
	r.bad = r.bad || r.failures() > 0
	r.ended = err != nil
}

// scriptFeed implements plugin.Feed and plugin.Stream for inputs: what they
// deliver is written.
type scriptFeed struct {
	plugin.Stream // Split and the like, which scripts do not use
	run           *scriptRun
	left          uint // calls that are left
	calls         int
	start         time.Time // of the call at hand
}

// count adds the call that ended just now to the costs.
func (f *scriptFeed) count(failed bool) {
	f.calls++
	f.run.account(processMessage, f.run.name, f.start, failed)
	f.start = time.Now()
}

// Open implements plugin.Feed.
func (f *scriptFeed) Open(plugin.StreamOptions) (plugin.Stream, error) { return f, nil }

// Once implements plugin.Feed. Inputs that tick ask after each call whether it was
// the last one.
func (f *scriptFeed) Once() bool {
	f.count(false)
	f.left--
	return f.left == 0
}

// Tick implements plugin.Feed; nothing is waited for.
func (f *scriptFeed) Tick() <-chan time.Time {
	c := make(chan time.Time, 1)
	c <- time.Now()
	return c
}

// Pack implements plugin.Stream.
func (f *scriptFeed) Pack() *plugin.Pack {
	p := newPack()
	m := &p.Message
	m.SetUUID(f.run.uuids.New())
	m.SetTimestamp(time.Now().UnixNano())
	m.SetLogger(f.run.env.Name)
	return p
}

// Deliver implements plugin.Stream.
func (f *scriptFeed) Deliver(p *plugin.Pack, _ func()) {
	f.run.emit(&p.Message)
}

// Flush implements plugin.Stream.
func (f *scriptFeed) Flush() {}

// Close implements plugin.Stream.
func (f *scriptFeed) Close() {}
