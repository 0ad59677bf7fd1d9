package irc

import (
	"strings"
	"time"

	"github.com/hekad/heka/plugin"
)

// channel is one channel of the configuration.
type channel struct {
	name, entry string // the entry is the name and perhaps a key
	joined      bool
	barred      bool // cannot be joined, over this connection
	attempts    uint // to join it, while it was full
	rejoin      time.Time
	backlog     []entry
}

// entry is a line that waits.
type entry struct {
	text string
	of   *parcel
}

// parcel is a message on its way.
type parcel struct {
	lines []string
	left  int // lines that wait, over all channels
	batch *batch
}

// batch is a batch of the host whose messages are on their way. Only one goroutine
// at a time knows of it.
type batch struct {
	parcels int
	receipt plugin.Receipt
}

// settle notes that a line of the parcel does not wait any more.
func (p *parcel) settle() {
	if p.left--; p.left > 0 {
		return
	}
	if p.batch.parcels--; p.batch.parcels == 0 {
		p.batch.receipt.Deliver()
	}
}

func newChannels(entries []string) (all []*channel) {
	for _, e := range entries {
		name, _, _ := strings.Cut(e, " ")
		all = append(all, &channel{name: name, entry: e})
	}
	return all
}

// room reports whether a parcel can be taken: some channel has room for it.
func (o *Output) room() bool {
	for _, c := range o.channels {
		if !c.barred && len(c.backlog) < o.config.QueueSize {
			return true
		}
	}
	return false
}

// take puts a parcel into the backlogs of the channels.
func (o *Output) take(p *parcel) {
	p.left = 1 // until all are served
	for _, c := range o.channels {
		switch {
		case c.barred:
		case len(c.backlog) >= o.config.QueueSize:
			o.dropped.Add(1)
			o.env.Log.Error("Dropped message. BacklogQueue is full. Channel: " + c.name + ".")
		default:
			for _, line := range p.lines {
				c.backlog = append(c.backlog, entry{line, p})
				p.left++
			}
		}
	}
	o.waiting.Add(int64(p.left - 1))
	p.settle()
	o.gone(1)
}

// next is the channel whose line is to be sent next: that after the last one.
func (o *Output) next() *channel {
	for i := range o.channels {
		at := (o.turn + i) % len(o.channels)
		if c := o.channels[at]; c.joined && len(c.backlog) > 0 {
			o.turn = at + 1
			return c
		}
	}
	return nil
}
