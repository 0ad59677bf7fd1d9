package cli

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"github.com/fatih/color"

	"github.com/hekad/heka/internal/sandbox"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// message gives a message to the script, if it is to have it, after the timer
// events that are due by then. at names the message.
func (r *scriptRun) message(p *plugin.Pack, at string) {
	if r.matcher != nil && !r.matcher.Match(&p.Message) {
		return
	}
	for r.clock.due(p.Message.Timestamp()) && !r.ended {
		r.tick()
	}
	r.clock.now = time.Unix(0, p.Message.Timestamp())
	if !r.ended {
		r.call(processMessage, at, func() error { return r.process(p) })
	}
}

// tick calls timer_event at the clock's next time.
func (r *scriptRun) tick() {
	r.clock.step()
	r.call(timerEvent, r.clock.now.UTC().Format(time.RFC3339), func() error {
		switch inst := r.inst.(type) {
		case plugin.FilterTicker:
			return inst.Tick(r.ctx, r.clock.now, r)
		case plugin.OutputTicker:
			return inst.Tick(r.ctx, r.clock.now)
		}
		return nil
	})
}

// finish calls the last timer events and closes the script.
func (r *scriptRun) finish() {
	_, input := r.inst.(plugin.Input)
	for range r.ticks {
		if r.clock.interval > 0 && !input && !r.ended {
			r.tick()
		}
	}
	if !r.ended {
		switch inst := r.inst.(type) {
		case plugin.Finisher:
			r.complain("at the end", inst.Finish(r.ctx, r))
		case plugin.Flusher:
			r.complain("at the end", inst.Flush(r.ctx))
		}
	}
	r.complain("at the end", r.inst.(plugin.Closer).Close())
}

func (r *scriptRun) process(p *plugin.Pack) error {
	switch inst := r.inst.(type) {
	case plugin.Expander:
		x := plugin.Expansion{Alloc: newPack}
		if err := inst.Expand(p, &x); err != nil {
			return err
		}
		for _, q := range x.Packs {
			r.emit(&q.Message)
		}
	case plugin.Filter:
		return inst.Process(r.ctx, p, r)
	case plugin.Encoder:
		b, err := inst.Append(r.encoded[:0], p)
		switch {
		case errors.Is(err, plugin.ErrSkip):
			return nil
		case err != nil:
			return err
		}
		r.encoded = b
		r.costs.emitted++
		_, err = r.out.out.Write(b)
		r.written = cmp.Or(r.written, err)
	case plugin.Output:
		return inst.Send(r.ctx, p)
	}
	return nil
}

// call makes one call of the script, counts what it costs, and tells how it went
// wrong.
func (r *scriptRun) call(function scriptFunction, at string, do func() error) {
	start, failures := time.Now(), r.failures()
	err := do()
	if err == nil && r.failures() > failures {
		err = errors.New("process_message returned a negative status")
	}
	r.account(function, at, start, err != nil)
	r.complain(at, err)
	r.ended = err != nil && (plugin.IsExit(err) || strings.HasPrefix(err.Error(), "FATAL: "))
}

// account counts a call that began at start and ends now.
func (r *scriptRun) account(function scriptFunction, at string, start time.Time, failed bool) {
	took, usage := time.Since(start), r.inst.(interface{ Usage() sandbox.Usage }).Usage()
	r.costs.add(function, took, usage, failed)
	if r.profile {
		r.out.diag.say("%s: %s, %d instructions, %s, %s", at, function, usage.Instructions, byteText(usage.Memory), timeText(took))
	}
}

// complain tells of an error, if there is one.
func (r *scriptRun) complain(at string, err error) {
	if err != nil {
		r.bad = true
		r.out.diag.say("%s %s: %v", color.RedString("heka:"), at, r.worded(err))
	}
}

// failures is how many messages the script says it could not process.
func (r *scriptRun) failures() int64 {
	var report plugin.Report
	r.inst.(plugin.Reporter).Report(&report)
	for _, c := range report.Counters {
		if n, ok := c.Value.(int64); ok && c.Name == "ProcessMessageFailures" {
			return n
		}
	}
	return 0
}

// emit writes a message that the script has made or passed on.
func (r *scriptRun) emit(m *message.Message) {
	r.costs.emitted++
	if r.out.render == nil {
		return
	}
	b, err := r.out.render(r.out.out.AvailableBuffer(), m, nil)
	if err == nil {
		_, err = r.out.out.Write(b)
	}
	r.written = cmp.Or(r.written, err)
}

func newPack() *plugin.Pack {
	p := new(plugin.Pack)
	p.Reset(new(plugin.Text))
	return p
}

// Inject implements plugin.Injector.
func (r *scriptRun) Inject(p *plugin.Pack) error {
	if r.matcher != nil && r.matcher.Match(&p.Message) {
		return errors.New("the script's own matcher accepts the message")
	}
	r.emit(&p.Message)
	return nil
}
