package sandbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hekad/heka/internal/sandbox"
	"github.com/hekad/heka/plugin"
)

// Statuses of process_message that only outputs know.
const (
	statusRetry   = -3 // give me the same message again, after a pause
	statusBatched = -4 // taken, but delivered only with the next 0
)

// output is the SandboxOutput plugin.
type output struct {
	script
	lastEvent bool             // timer_event is called once more at the end
	open      []plugin.Receipt // of batches that the script has gathered
	gathered  bool             // of the batch at hand, something was gathered
}

func newOutput(c *OutputConfig, env *plugin.Env) (plugin.Output, error) {
	o := &output{lastEvent: c.TimerEventOnShutdown}
	if err := o.init(sandbox.Output, &c.scriptConfig, env); err != nil {
		return nil, err
	}
	return o, nil
}

// Prepare starts the script.
func (o *output) Prepare(context.Context) error { return o.start(nil) }

// Send implements plugin.Output for hosts without batches; heka calls SendBatch.
func (o *output) Send(_ context.Context, p *plugin.Pack) error {
	status, text, err := o.send(p)
	switch {
	case err != nil:
		return err
	case status < 0 && status != statusBatched:
		return plugin.Refused("script", failure(status, text))
	}
	return nil
}

// SendBatch implements plugin.BatchOutput.
//
// hot: once per batch.
func (o *output) SendBatch(_ context.Context, b *plugin.Batch) error {
	o.gathered = false
	for i, p := range b.Packs {
		status, text, err := o.send(p)
		switch {
		case err != nil:
			b.Done = i
			return err
		case status == 0:
			o.delivered()
		case status == statusBatched:
			o.gathered = true
		default:
			b.Drop(p, "script", failure(status, text))
		}
	}
	if o.gathered {
		o.open = append(o.open, b.Hold())
	}
	return nil
}

// send gives one message to the script. An error means that the message was not
// taken.
func (o *output) send(p *plugin.Pack) (status int, text string, err error) {
	box := o.running()
	if box == nil {
		return 0, "", plugin.Exit(errNoSandbox)
	}
	start := o.begin()
	status, text = box.ProcessMessage(&p.Message)
	o.end(start)
	switch {
	case status == 0:
		o.count.Add(1)
	case status > 0:
		return status, text, fatal(text)
	case status == statusRetry:
		return status, text, failure(status, text)
	case status != statusBatched:
		o.failures.Add(1)
	}
	return status, text, nil
}

// fatal is the end of an output.
func fatal(text string) error {
	return plugin.Exit(errors.New("FATAL: " + text)) //lint:ignore ST1005 the text is part of Heka's contract
}

// failure is what a script says about a message, or its status when it says
// nothing.
func failure(status int, text string) error {
	if text == "" {
		return fmt.Errorf("process_message() returned %d", status)
	}
	return errors.New(text)
}

// delivered acknowledges all that the script has gathered.
func (o *output) delivered() {
	for _, r := range o.open {
		r.Deliver()
	}
	clear(o.open)
	o.open, o.gathered = o.open[:0], false
}

// Tick implements plugin.OutputTicker.
func (o *output) Tick(_ context.Context, now time.Time) error {
	box := o.running()
	if box == nil {
		return plugin.Exit(errNoSandbox)
	}
	start := time.Now()
	status, text := box.TimerEvent(now)
	o.timers.add(time.Since(start))
	if status != 0 {
		return fatal(text)
	}
	return nil
}

// FlushInterval implements plugin.Flusher: Flush is only called at the end.
func (o *output) FlushInterval() time.Duration { return 0 }

// Flush calls timer_event for the last time. What the script had gathered counts
// as delivered then.
func (o *output) Flush(ctx context.Context) error {
	if !o.lastEvent || o.running() == nil {
		return nil
	}
	o.lastEvent = false
	if err := o.Tick(ctx, time.Now()); err != nil {
		return err
	}
	o.delivered()
	return nil
}

// Report implements plugin.Reporter.
func (o *output) Report(r *plugin.Report) {
	if !o.usage(r, false) {
		return
	}
	o.counted(r)
	o.timed(r)
	r.Add("TimerEventSamples", o.timers.samples.Load(), "count")
	r.Add("TimerEventAvgDuration", o.timers.average(), "ns")
}
