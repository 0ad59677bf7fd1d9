package sandbox

import (
	"context"
	"errors"
	"time"

	"github.com/hekad/heka/internal/sandbox"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// filter is the SandboxFilter plugin.
type filter struct {
	script
	lastEvent bool // timer_event is called once more at the end

	ctx    context.Context // of the call at hand
	out    plugin.Injector // of the last call
	budget uint            // messages that the call at hand may still inject

	pressure  plugin.Pressure // of an added filter
	published publications

	scratch message.Message
}

func newFilter(c *FilterConfig, env *plugin.Env) (plugin.Filter, error) {
	f := &filter{lastEvent: c.TimerEventOnShutdown}
	if err := f.init(sandbox.Filter, &c.scriptConfig, env); err != nil {
		return nil, err
	}
	if c.Profile {
		f.profiling = 10 * f.samplesNeeded()
	}
	return f, nil
}

// Prepare starts the script.
func (f *filter) Prepare(ctx context.Context) error {
	f.ctx = ctx
	return f.start(f)
}

// Process implements plugin.Filter.
//
// hot: once per message.
func (f *filter) Process(ctx context.Context, p *plugin.Pack, out plugin.Injector) error {
	box := f.running()
	if box == nil {
		return plugin.Exit(errTerminatedFilter)
	}
	start := f.begin()
	if f.env.AddedBy != "" && f.pressed() && start.IsZero() && f.messages.samples.Load() < f.samplesNeeded() {
		start = time.Now()
	}
	f.count.Add(1)
	f.ctx, f.out, f.budget = ctx, out, f.env.MaxProcessInject
	status, text := box.ProcessMessage(&p.Message)
	f.end(start)
	switch {
	case status > 0:
		return f.terminate(text)
	case f.pressure.Full && f.slow():
		return f.tooSlow()
	case status < 0:
		f.failures.Add(1)
		if text != "" {
			return errors.New(text)
		}
	}
	return nil
}

// terminatedPrefix begins the error that ends a filter.
const terminatedPrefix = "Terminated. Reason: "

var errTerminatedFilter = errors.New(terminatedPrefix + "no sandbox")

// samplesNeeded is how many measurements a judgement about speed takes.
func (f *filter) samplesNeeded() int64 { return int64(max(f.env.PluginChanSize-1, 1)) }

// pressed reports whether messages wait for room in front of the filter.
func (f *filter) pressed() bool {
	f.pressure = f.env.Pressure()
	return f.pressure.Full
}

// slow reports whether a filter holds others up by its own fault.
func (f *filter) slow() bool {
	most := f.env.MaxProcessDuration
	return f.messages.samples.Load() >= f.samplesNeeded() &&
		(time.Duration(f.messages.average()) > most || f.pressure.MatchDuration > most/5)
}

// tooSlow ends a filter that holds others up.
func (f *filter) tooSlow() error {
	return f.ended("sandbox is running slowly and blocking the router", func(m *message.Message) {
		m.AddInteger("ProcessMessageCount", f.count.Load(), "count")
		m.AddInteger("ProcessMessageFailures", f.failures.Load(), "count")
		m.AddInteger("ProcessMessageSamples", f.messages.samples.Load(), "count")
		m.AddInteger("ProcessMessageAvgDuration", f.messages.average(), "ns")
		m.AddInteger("MatchAvgDuration", int64(f.pressure.MatchDuration), "ns")
		m.AddInteger("FilterChanLength", int64(f.pressure.Waiting), "count")
		m.AddInteger("MatchChanLength", 0, "count")
		m.AddInteger("RouterChanLength", 0, "count")
	})
}

// Tick implements plugin.FilterTicker.
func (f *filter) Tick(ctx context.Context, now time.Time, out plugin.Injector) error {
	f.ctx, f.out = ctx, out
	if text, ok := f.timerEvent(now); !ok {
		return f.terminate(text)
	}
	return nil
}

func (f *filter) timerEvent(now time.Time) (text string, ok bool) {
	box := f.running()
	if box == nil {
		return "no sandbox", false
	}
	f.budget = f.env.MaxTimerInject
	start := time.Now()
	status, text := box.TimerEvent(now)
	f.timers.add(time.Since(start))
	return text, status == 0
}

// Finish calls timer_event for the last time. It implements plugin.Finisher.
func (f *filter) Finish(ctx context.Context, out plugin.Injector) error {
	if !f.lastEvent || f.running() == nil {
		return nil
	}
	f.lastEvent, f.ctx, f.out = false, ctx, out
	if text, ok := f.timerEvent(time.Now()); !ok {
		return errors.New("FATAL: " + text) //lint:ignore ST1005 the text is part of Heka's contract
	}
	return nil
}

// terminate ends a filter whose script has failed.
func (f *filter) terminate(reason string) error {
	f.failures.Add(1)
	return f.ended(reason, func(*message.Message) {})
}

// ended says what the world is told about the end of the filter.
func (f *filter) ended(reason string, more func(m *message.Message)) error {
	return plugin.Terminated(errors.New(terminatedPrefix+reason), func(m *message.Message) {
		m.SetType("heka.sandbox-terminated")
		m.SetPayload(reason)
		m.AddString("plugin", f.env.Name)
		if f.env.AddedBy != "" {
			m.AddString("manager", f.env.AddedBy)
		}
		more(m)
	})
}

// allowed counts an injection and returns its pack.
func (f *filter) allowed() (*plugin.Pack, sandbox.Verdict) {
	switch {
	case f.out == nil:
		return nil, sandbox.Refused
	case f.budget == 0:
		return nil, sandbox.TooMany
	case f.ctx != nil && f.ctx.Err() != nil:
		return nil, sandbox.Aborted
	}
	f.budget--
	p, err := f.out.New()
	if err != nil {
		return nil, sandbox.TooManyLoops
	}
	return p, sandbox.Injected
}

// InjectPayload implements sandbox.Host.
func (f *filter) InjectPayload(typ, name string, payload []byte) sandbox.Verdict {
	p, v := f.allowed()
	if v != sandbox.Injected {
		return v
	}
	p.Message.SetType("heka.sandbox-output")
	p.Message.SetLogger(f.env.Name)
	setPayload(p, typ, name, payload)
	f.published.note(typ, name, len(payload))
	return f.inject(p)
}

// InjectMessage implements sandbox.Host. A script cannot forge the type, logger
// and host name of its messages.
func (f *filter) InjectMessage(wire []byte) sandbox.Verdict {
	if f.scratch.Parse(wire) != nil {
		return sandbox.BadMessage
	}
	p, v := f.allowed()
	if v != sandbox.Injected {
		return v
	}
	m := &p.Message
	fresh := *m
	if m.Parse(keep(p, wire)) != nil {
		return sandbox.BadMessage
	}
	if !m.HasUUID() {
		m.SetUUID(fresh.UUID())
	}
	if !m.HasTimestamp() {
		m.SetTimestamp(fresh.Timestamp())
	}
	m.SetType(p.Text().Keep(append(append(p.Text().Free(), "heka.sandbox."...), m.Type()...)))
	m.SetLogger(f.env.Name)
	m.SetHostname(f.env.Hostname)
	return f.inject(p)
}

func (f *filter) inject(p *plugin.Pack) sandbox.Verdict {
	if f.out.Inject(p) != nil {
		return sandbox.MatchesItself
	}
	f.injected.Add(1)
	return sandbox.Injected
}

// Report implements plugin.Reporter.
func (f *filter) Report(r *plugin.Report) {
	if !f.usage(r, true) {
		return
	}
	f.counted(r)
	r.Add("InjectMessageCount", f.injected.Load(), "count")
	f.timed(r)
	r.Add("TimerEventSamples", f.timers.samples.Load(), "count")
	if n := f.profile.samples.Load(); n > 0 {
		r.Add("ProfileMessageSamples", n, "count")
		r.Add("ProfileMessageAvgDuration", f.profile.average(), "ns")
	}
	r.Add("TimerEventAvgDuration", f.timers.average(), "ns")
}
