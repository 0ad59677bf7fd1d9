package pipeline

import (
	"time"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// record makes a message of one record and sends it on its way.
func (s *stream) record(rec []byte) {
	s.tally.received++
	s.begin()
	if s.ar != nil {
		s.b.uses(s.ar)
	}
	p := s.b.next()
	if s.split.unframe != nil {
		body, signer, err := s.split.unframe.Unframe(rec)
		if err != nil {
			s.unsigned(err)
			return
		}
		rec, p.Signer = body, signer
	}
	if s.split.useBytes {
		p.Raw = rec
	} else {
		s.fresh(p, message.View(rec))
	}
	s.process(p)
}

// fresh fills in what every new message has.
func (s *stream) fresh(p *plugin.Pack, payload string) {
	m := &p.Message
	m.SetUUID(s.kit.uuids.New())
	m.SetTimestamp(s.now)
	m.SetLogger(s.logger)
	m.SetPayload(payload)
	if s.opts.Decorate != nil {
		s.opts.Decorate(p)
	}
}

// process decodes and routes p, the newest pack of the batch.
func (s *stream) process(p *plugin.Pack) {
	if s.workers != nil {
		if s.b.n >= maxPacks {
			s.Flush()
		}
		return
	}
	if s.decoder == nil {
		s.route(p)
	} else {
		s.decode(p)
		if s.held.by != nil {
			s.held.decoded(s.began)
		}
	}
	if s.b != nil && s.b.n >= maxPacks {
		s.Flush()
	}
}

// route finds the consumers of p.
func (s *stream) route(p *plugin.Pack) {
	b := s.b
	if s.unsampled--; s.unsampled < 0 {
		s.unsampled = s.host.global.SampleDenominator
		b.routes.sample(p)
	}
	if taps := s.host.taps.now.Load(); taps != nil {
		taps.see(p, s.in.name)
	}
	if s.now >= s.nextRecent {
		s.nextRecent = s.host.recent.keep(p, s.in.name, s.now)
	}
	if !b.routes.match(b, p, &s.hits, &s.kit.scratch) {
		s.tally.unmatched++
		if b.isLast(p) {
			b.back()
		}
	}
}

// Pack implements plugin.Stream.
func (s *stream) Pack() *plugin.Pack {
	s.begin()
	p := s.b.next()
	s.now = time.Now().UnixNano()
	m := &p.Message
	m.SetUUID(s.kit.uuids.New())
	m.SetTimestamp(s.now)
	m.SetLogger(s.logger)
	return p
}

// Deliver implements plugin.Stream.
func (s *stream) Deliver(p *plugin.Pack, done func()) {
	s.tally.received++
	if done != nil {
		s.done = append(s.done, done)
	}
	defer func() {
		if r := recover(); r != nil {
			s.panicked(r)
		}
	}()
	s.process(p)
}
