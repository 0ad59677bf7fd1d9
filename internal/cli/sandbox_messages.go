package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/plugin"
)

// scriptClock is the time of the messages, which decides about timer events.
type scriptClock struct {
	interval time.Duration // between timer events; 0 is never
	now      time.Time
	next     time.Time // of the next timer event; zero before the first message
}

// mostIdle is how many timer events are made up for a gap between two messages.
const mostIdle = 10000

// due reports whether a timer event comes before a message of the given time, in
// nanoseconds since 1970.
func (c *scriptClock) due(timestamp int64) bool {
	at := time.Unix(0, timestamp)
	if c.interval == 0 {
		return false
	}
	if c.next.IsZero() || at.Sub(c.next) > mostIdle*c.interval {
		c.next = at.Add(c.interval)
	}
	return !at.Before(c.next)
}

// step goes on to the time of the next timer event.
func (c *scriptClock) step() {
	if c.next.IsZero() {
		c.next = time.Now()
	}
	c.now = c.next
	c.next = c.next.Add(c.interval)
}

// feed gives the script all its messages.
func (r *scriptRun) feed(c *cobra.Command) error {
	if in, ok := r.inst.(plugin.Input); ok {
		r.runInput(in)
		return nil
	}
	if r.flags.given() && !c.Flags().Changed("input") {
		p, err := r.fresh("")
		if err == nil {
			r.message(p, "message 1")
		}
		return err
	}
	src, err := openSource(c.Context(), r.input, c.InOrStdin())
	if err != nil {
		return err
	}
	defer src.Close()
	if r.form == "whole" {
		return r.whole(src)
	}
	from := io.Reader(src)
	kind := map[string]recordKind{"json": jsonRecords, "heka": framedRecords}[r.form]
	if r.form == "lines" || r.form == "auto" {
		kind = textRecords
	}
	if r.form == "auto" {
		start := make([]byte, 1)
		n, err := io.ReadFull(src, start)
		if err != nil && err != io.EOF {
			return err
		}
		from = io.MultiReader(bytes.NewReader(start[:n]), src)
		if n == 1 && start[0] == recordSeparator {
			kind = framedRecords
		}
	}
	return r.records(newRecords(from, kind, defaultCatMessage, r.out.diag))
}

// recordSeparator is the first byte of a framed message.
const recordSeparator = 0x1e

// records gives the script the messages of a source.
func (r *scriptRun) records(all *records) error {
	all.beforeRead = func() { // who feeds us line by line wants to see what becomes of them
		r.written = cmp.Or(r.written, r.out.flush())
	}
	for n := 1; all.next() && !r.ended && r.written == nil; n++ {
		if all.message == nil {
			r.bad = true
			continue
		}
		at, p := fmt.Sprintf("message %d", n), newPack()
		var err error
		if all.kind == textRecords {
			at = fmt.Sprintf("line %d", n)
			p, err = r.fresh(all.message.Payload())
		} else {
			err = p.Message.Parse(all.message.AppendWire(nil))
		}
		if err != nil {
			return err
		}
		r.message(p, at)
	}
	return all.err
}

// whole gives the script a source as one message.
func (r *scriptRun) whole(src io.Reader) error {
	b, err := io.ReadAll(io.LimitReader(src, defaultCatMessage+1))
	if err != nil {
		return err
	}
	if len(b) > defaultCatMessage {
		return fmt.Errorf("%s is longer than %d bytes; give it as lines", r.input, defaultCatMessage)
	}
	p, err := r.fresh(string(b))
	if err == nil {
		r.message(p, "message 1")
	}
	return err
}

// fresh makes a message as an input does, with what the flags say.
func (r *scriptRun) fresh(payload string) (*plugin.Pack, error) {
	p := newPack()
	m := &p.Message
	m.SetUUID(r.uuids.New())
	m.SetTimestamp(time.Now().UnixNano())
	m.SetPayload(payload)
	if err := r.flags.apply(m); err != nil {
		return nil, err
	}
	return p, m.Parse(m.AppendWire(nil)) // scripts may ask for the wire form
}

// New implements plugin.Injector.
func (r *scriptRun) New() (*plugin.Pack, error) {
	p := newPack()
	m := &p.Message
	m.SetUUID(r.uuids.New())
	m.SetTimestamp(r.clock.now.UnixNano())
	m.SetHostname(r.env.Hostname)
	m.SetPid(r.env.Pid)
	return p, nil
}
