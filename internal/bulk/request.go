package bulk

import "github.com/hekad/heka/plugin"

// Item is a message in a request.
type Item struct {
	// Key, Parts and Time are the sender's, set by Encode.
	Key   string
	Parts int
	Time  int64

	index      int          // of the message in the batch, while that is at hand
	pack       *plugin.Pack // or a copy
	from       *load
	start, end int // in the request's buffer
	attempts   int
	verdict    verdict
	reason     string // of a refusal
	err        error
}

type verdict uint8

const (
	delivered verdict = iota
	again
	refused
)

// Refuse says that the server will never take the message.
func (i *Item) Refuse(reason string, err error) { i.verdict, i.reason, i.err = refused, reason, err }

// Again says that the server did not take the message now.
func (i *Item) Again(err error) { i.verdict, i.err = again, err }

// Attempts is how often the message has been sent, this time included.
func (i *Item) Attempts() int { return i.attempts }

// Request is a run of messages that are sent together.
type Request struct {
	// Items are the messages, in order.
	Items []Item

	buf []byte
}

// Body is the encoded messages one behind the other. It may not be changed.
func (r *Request) Body() []byte {
	if len(r.Items) == 0 {
		return nil
	}
	return r.buf[r.Items[0].start:r.Items[len(r.Items)-1].end]
}

// Bytes is one encoded message.
func (r *Request) Bytes(i *Item) []byte { return r.buf[i.start:i.end] }

// size is the length of the body.
func (r *Request) size() int { return len(r.Body()) }

// take moves the first n messages into a request of their own.
func (r *Request) take(n int) *Request {
	cut := &Request{Items: r.Items[:n:n], buf: r.buf}
	if n == len(r.Items) {
		*r = Request{}
		return cut
	}
	// The two share the buffer, of which one is read and the other appends to
	// the end, until most of it is not needed any more.
	items, begin := r.Items[n:], r.Items[n].start
	if begin < len(r.buf)-begin {
		*r = Request{Items: items, buf: r.buf}
		return cut
	}
	rest := Request{Items: make([]Item, 0, cap(items)), buf: make([]byte, 0, cap(r.buf))}
	for i := range items {
		rest.add(items[i], r.Bytes(&items[i]))
	}
	*r = rest
	return cut
}

// add appends a message with a copy of its bytes.
func (r *Request) add(i Item, b []byte) {
	i.start = len(r.buf)
	r.buf = append(r.buf, b...)
	i.end = len(r.buf)
	r.Items = append(r.Items, i)
}

// halves are the two parts of a request of at least two messages.
func (r *Request) halves() [2]*Request {
	n := len(r.Items) / 2
	return [2]*Request{{Items: r.Items[:n], buf: r.buf}, {Items: r.Items[n:], buf: r.buf}}
}

// load is a batch of the host whose messages are on their way.
type load struct {
	custody plugin.Custody // nil while the batch is at hand
	open    int            // messages without a verdict
	dropped []*Item        // while the batch is at hand
}

// settle notes that one of the batch's messages is done with.
func (l *load) settle(i *Item) {
	l.open--
	switch {
	case i.verdict != refused:
	case l.custody == nil:
		l.dropped = append(l.dropped, i)
	default:
		l.custody.Drop(i.pack, i.reason, i.err)
	}
	if l.open == 0 && l.custody != nil {
		l.custody.Deliver()
	}
}
