package pipeline

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/hekad/heka/plugin"
)

// ticker returns a channel that ticks every d, or never when d is 0.
func ticker(d time.Duration) (<-chan time.Time, func()) {
	if d <= 0 {
		return nil, func() {}
	}
	t := time.NewTicker(d)
	return t.C, t.Stop
}

// work deals with the delivery at hand until it is done with.
func (c *consumer) work(hard context.Context, inst any) error {
	if c.cur.b == nil {
		return nil
	}
	if len(c.cur.packs) == 0 { // nothing of what was stored is to be delivered
		c.finished(0)
		return nil
	}
	n := len(c.cur.packs)
	c.taken.Store(int64(n))
	begin := c.clock
	if begin == 0 {
		begin = time.Now().UnixNano()
	}
	c.since.Store(begin)
	c.chooseTimed(inst)
	var err error
	if c.kind == plugin.KindFilter {
		err = c.filter(hard, inst)
	} else {
		err = c.output(hard, inst)
	}
	c.worked(begin, err)
	var p *panicError
	if errors.As(err, &p) && c.cur.b != nil && c.curDone < len(c.cur.packs) {
		c.panicked(inst, err)
	}
	return err
}

// chooseTimed chooses the call of the delivery at hand that is timed.
func (c *consumer) chooseTimed(inst any) {
	left := uint(len(c.cur.packs) - c.curDone)
	c.timed, c.oneCall = -1, left <= 1 || takesBatches(inst)
	if !c.oneCall {
		c.sampled++
		c.timed = c.curDone + int(c.sampled*7919%left) // another one each time
	}
}

// worked ends what began at begin, ns since the epoch.
func (c *consumer) worked(begin int64, err error) {
	c.since.Store(0)
	c.clock = time.Now().UnixNano()
	d := max(c.clock-begin, 0)
	c.meter.busy.Add(d)
	if c.oneCall && err == nil {
		c.meter.took(time.Duration(d))
	}
}

// besides notes that a plugin did something else from begin until now.
func (c *consumer) besides(begin time.Time) {
	c.clock = 0
	c.meter.busy.Add(int64(time.Since(begin)))
}

// panicked deals with the message at hand that made an instance panic: it would do
// so again. In a batch nobody knows which one it was, until they go one by one.
func (c *consumer) panicked(inst any, err error) {
	left := len(c.cur.packs) - c.curDone
	if takesBatches(inst) && c.singly == 0 && left > 1 {
		if c.singly = left; c.spool != nil {
			c.singly = c.spool.inHand() // more may come again
		}
		return
	}
	c.drop(c.cur.packs[c.curDone], "panic", err)
	c.letters.post(c.cur.t)
	c.curDone++
}

// takesBatches reports whether an instance takes a batch at a time.
func takesBatches(inst any) bool {
	switch inst.(type) {
	case plugin.BatchOutput, plugin.BatchFilter:
		return true
	}
	return false
}

// panicError is what a panic of a plugin becomes.
type panicError struct{ value any }

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// call runs one call into the plugin. A panic becomes a fatal error: the
// instance cannot be trusted any more.
func (c *consumer) call(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			c.log.Error(fmt.Sprintf("panic: %v", r), "stack", string(debug.Stack()))
			err = plugin.Fatal(&panicError{r})
		}
	}()
	return f()
}

// ends reports whether err ends the instance.
func ends(err error) bool { return plugin.IsFatal(err) || plugin.IsExit(err) }
