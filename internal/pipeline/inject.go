package pipeline

import (
	"errors"
	"fmt"
	"time"

	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// injector makes new messages for one filter, or for the host itself. They are
// matched on the goroutine that makes them and handed over in order after each
// call of the filter. It implements plugin.Injector.
type injector struct {
	host    *Host
	c       *consumer // nil for the host's own messages
	loops   uint32    // of the message being processed
	b       *batch
	uuids   *message.UUIDSource
	scratch *matcher.Scratch
	hits    []int32

	now        int64 // time stamp of the newest message
	nextRecent int64 // when the next message is offered to host.recent, as now
}

func newInjector(h *Host, c *consumer) *injector {
	return &injector{host: h, c: c, uuids: message.NewUUIDSource(), scratch: new(matcher.Scratch)}
}

// New implements plugin.Injector.
func (j *injector) New() (*plugin.Pack, error) {
	if limit := max(j.host.global.MaxMessageLoops, 1); uint(j.loops)+1 > limit {
		return nil, fmt.Errorf("exceeded MaxMsgLoops = %d", limit)
	}
	if j.b == nil {
		j.b = j.host.begin()
	}
	p := j.b.next()
	p.Loops = j.loops + 1
	m := &p.Message
	m.SetUUID(j.uuids.New())
	j.now = time.Now().UnixNano()
	m.SetTimestamp(j.now)
	m.SetHostname(j.host.hostname)
	m.SetPid(j.host.pid)
	return p, nil
}

var errSelf = errors.New("attempted to Inject a message to itself")

// Inject implements plugin.Injector.
func (j *injector) Inject(p *plugin.Pack) error {
	if j.c != nil {
		if j.c.matcher.Match(&p.Message) {
			j.c.log.Error(errSelf.Error())
			return errSelf
		}
		j.c.books.injected.Add(1)
	}
	// Filters pass strings of the message that they look at on to the new one,
	// which lives longer.
	p.Message.Own(p.Text().Copy)
	if taps := j.host.taps.now.Load(); taps != nil {
		taps.see(p, j.from())
	}
	if j.now >= j.nextRecent {
		j.nextRecent = j.host.recent.keep(p, j.from(), j.now)
	}
	if !j.b.routes.match(j.b, p, &j.hits, j.scratch) {
		if j.c != nil {
			j.c.books.unmatched.Add(1)
		}
		if j.b.isLast(p) {
			j.b.back()
		}
	}
	return nil
}

// from is the name of who injects.
func (j *injector) from() string {
	if j.c != nil {
		return j.c.name
	}
	return hostNode
}

// flush hands over what was injected.
func (j *injector) flush() {
	if j.b != nil {
		b := j.b
		j.b = nil
		from := &j.host.flows
		if j.c != nil {
			from = &j.c.flows
		}
		j.host.dispatch(from, b, nil, true)
	}
}
