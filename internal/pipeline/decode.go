package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// splitting is a splitter instance with the options that concern its driver.
type splitting struct {
	plugin.Splitter
	name          string
	unframe       plugin.Unframer // nil when records have no envelope
	useBytes      bool
	keepTruncated bool
	deliverFinal  bool
	oneRead       bool
	minBuffer     int
	maxRecord     int
}

// decoding is a decoder instance.
type decoding struct {
	plugin.Decoder
	name      string
	log       *slog.Logger
	expander  plugin.Expander // nil when it makes one message of one
	expansion plugin.Expansion
}

func (d *decoding) close() { closeHelper(d.Decoder, d.log) }

// prepareHelper lets a splitter, decoder or encoder acquire what it needs.
func prepareHelper(ctx context.Context, inst any) error {
	if p, ok := inst.(plugin.Preparer); ok {
		return p.Prepare(ctx)
	}
	return nil
}

// closeHelper lets a splitter, decoder or encoder let go of what it holds.
func closeHelper(inst any, log *slog.Logger) {
	if c, ok := inst.(plugin.Closer); ok {
		if err := c.Close(); err != nil {
			log.Error(err.Error())
		}
	}
}

// maxDecodeError bounds the text in decode_error, in bytes.
const maxDecodeError = 500

var errHeadless = errors.New("message without Uuid or Timestamp")

// decode turns p into finished messages and routes them.
//
// hot: once per record of an input with a decoder.
func (s *stream) decode(p *plugin.Pack) {
	var begin time.Time
	timed := s.stint.decode
	if timed {
		s.stint.decode = false
		begin = time.Now()
	}
	if s.decoder.expander != nil {
		s.expand(p, begin)
		return
	}
	err := s.decoder.Decode(p)
	if timed {
		s.in.meter.took(time.Since(begin))
	}
	if err == nil {
		if p.Message.HasUUID() && p.Message.HasTimestamp() {
			s.route(p)
			return
		}
		err = errHeadless
	}
	s.undecoded(p, err)
}

// expand is decode for a decoder that makes several messages of one; begin is set if
// its call is timed.
func (s *stream) expand(p *plugin.Pack, begin time.Time) {
	b, x := s.b, &s.decoder.expansion
	x.Packs = x.Packs[:0]
	x.Alloc = b.next
	raw, signer := p.Raw, p.Signer
	err := s.decoder.expander.Expand(p, x)
	if !begin.IsZero() {
		s.in.meter.took(time.Since(begin))
	}
	if err != nil {
		p.Raw, p.Signer = raw, signer
		s.undecoded(p, err)
		return
	}
	if len(x.Packs) == 0 {
		s.tally.skipped++
		return
	}
	s.tally.received += uint64(len(x.Packs) - 1)
	for _, q := range x.Packs {
		q.Signer = signer
		if q.Message.HasUUID() && q.Message.HasTimestamp() {
			s.route(q)
		} else {
			s.undecoded(q, errHeadless)
		}
	}
}

// undecoded deals with a record that its decoder refused: it is counted, and
// with send_decode_failures goes to the router in the state that it had before
// decoding, its bytes in the payload.
func (s *stream) undecoded(p *plugin.Pack, err error) {
	if errors.Is(err, plugin.ErrSkip) {
		s.tally.skipped++
		return
	}
	s.tally.failed++
	if plugin.IsExit(err) {
		s.giveUp(err)
		return
	}
	if s.in.opts.LogDecodeFailures {
		s.decoder.log.Error(err.Error())
	}
	if !s.in.opts.SendDecodeFailures {
		return
	}
	// The message was received, and will be counted again when it is routed.
	s.tally.failed--
	payload := p.Message.Payload()
	if p.Raw != nil {
		payload = message.View(p.Raw)
	}
	p.Message.Reset()
	s.fresh(p, payload)
	text := err.Error()
	if len(text) > maxDecodeError {
		text = text[:maxDecodeError]
	}
	p.Message.AddBool("decode_failure", true)
	p.Message.AddString("decode_error", text)
	s.in.books.decodeFailures.Add(1)
	s.route(p)
}

// giveUp stops heka because of a decoder that has ended for good. The input's
// position stays in front of the batch, so that its records come again at the next
// start.
func (s *stream) giveUp(err error) {
	s.decoder.log.Error(err.Error())
	s.stuck = true
	s.host.Stop(1)
}

// panicked counts a record whose splitter, decoder or decoration panicked. A
// splitter would panic at the same bytes again, so these are given up.
func (s *stream) panicked(r any) {
	if s.splitting {
		s.splitting = false
		s.tally.received++
		s.consumed += int64(s.end - s.start)
		s.start = s.end
	}
	s.tally.failed++
	s.in.log.Error(fmt.Sprintf("panic: %v", r), "stack", string(debug.Stack()))
}

// unsigned counts a record whose envelope was refused.
func (s *stream) unsigned(err error) {
	s.b.back()
	s.tally.unsigned++
	s.in.log.Error(fmt.Sprintf("record refused: %v", err), "splitter", s.split.name)
}
