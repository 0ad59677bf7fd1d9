package plugin

import "github.com/hekad/heka/message"

// Pack carries one message through the pipeline. After a message has been
// routed, that is in filters, encoders and outputs, it must not be changed.
type Pack struct {
	// Message is the event.
	Message message.Message
	// Raw is the record as the splitter cut it, for decoders; set instead of
	// the message's payload when the splitter has use_message_bytes.
	Raw []byte
	// Signer is the verified signer of a signed record, else "".
	Signer string
	// Loops counts how often a filter's injection led to this message; 0 for
	// messages from inputs.
	Loops uint32

	text *Text
}

// Reset empties the pack for its next message, whose derived strings will be
// built in t. The host calls it.
//
// hot: once per message.
func (p *Pack) Reset(t *Text) {
	p.Message.Reset()
	p.Raw, p.Signer, p.Loops, p.text = nil, "", 0, t
}

// Text returns the place to build strings that live as long as the pack.
func (p *Pack) Text() *Text {
	if p.text == nil {
		p.text = new(Text)
	}
	return p.text
}

// Text is a bump allocator for strings that are made from a record, such as
// unescaped or interpolated values. Its strings live as long as the batch that
// the pack belongs to.
type Text struct {
	buf []byte
}

// textChunk is the size of the pieces that a Text takes from the heap.
const textChunk = 16 << 10

// Free returns an empty slice to append to; pass the result to Keep. Only one
// such slice may be in use at a time.
func (t *Text) Free() []byte {
	if cap(t.buf)-len(t.buf) < 256 {
		t.buf = make([]byte, 0, textChunk)
	}
	return t.buf[len(t.buf):len(t.buf):cap(t.buf)]
}

// Keep makes a string of b, which was appended to Free's slice, without
// copying.
func (t *Text) Keep(b []byte) string {
	if len(b) <= cap(t.buf)-len(t.buf) {
		t.buf = t.buf[:len(t.buf)+len(b)]
	} else {
		// append moved b to the heap. Views that were taken of it before lie in
		// what was free, so none of that is free any more.
		t.buf = t.buf[:cap(t.buf)]
	}
	return message.View(b)
}

// Copy returns a copy of s that lives as long as the pack.
func (t *Text) Copy(s string) string {
	if s == "" {
		return ""
	}
	return t.Keep(append(t.Free(), s...))
}

// Reset makes the room of all strings free again. The host calls it when the
// batch is done.
func (t *Text) Reset() { t.buf = t.buf[:0] }
