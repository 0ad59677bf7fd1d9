// Package feedtest stands in for the pipeline in tests of plugins: Feed records
// what an input hands in, Ledger and Work send batches to an output as the host
// does and keep count of what becomes of them, Env makes an environment whose log
// can be read, Build an instance, and Vectors reads cases from a file.
//
// It splits streams into lines unless told otherwise, decodes nothing, and
// overwrites buffers after their time, so that a plugin that keeps a view too
// long is found out.
package feedtest

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// Patience is how long a test waits for something that must happen. It is that long
// for machines that have a lot else to do.
const Patience = time.Minute

// Record is one message that an input handed in. The strings are copies.
type Record struct {
	Token, Logger, Type, Hostname, Payload string
}

// Feed implements plugin.Feed. The zero value cuts lines and counts everything
// as delivered as soon as it is handed over. Fields are set before use.
type Feed struct {
	// RunOnce is what Once returns.
	RunOnce bool
	// Ticks is what Tick returns.
	Ticks chan time.Time
	// Cut is the splitter; nil cuts lines, without their newline.
	Cut func(data []byte, final bool) (consumed int, record []byte)
	// Manual leaves deliveries open until DeliverAll.
	Manual bool
	// Refuse, if not nil, is the error of Open.
	Refuse error

	mu      sync.Mutex // guards what follows
	changed chan struct{}
	records []Record
	all     []*message.Message
	open    []*stream
	opened  int
	settled int
	pending []func()
}

// Tick implements plugin.Feed.
func (f *Feed) Tick() <-chan time.Time { return f.Ticks }

// Once implements plugin.Feed.
func (f *Feed) Once() bool { return f.RunOnce }

// Open implements plugin.Feed.
func (f *Feed) Open(o plugin.StreamOptions) (plugin.Stream, error) {
	if f.Refuse != nil {
		return nil, f.Refuse
	}
	s := &stream{feed: f, options: o}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open = append(f.open, s)
	f.opened++
	f.notify()
	return s, nil
}

// OpenStreams is the number of streams that were opened and not closed.
func (f *Feed) OpenStreams() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.open)
}

// Opened is the number of streams that were ever opened.
func (f *Feed) Opened() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.opened
}

// Settled is the number of calls of Settle.
func (f *Feed) Settled() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.settled
}

// Records returns what was handed in so far.
func (f *Feed) Records() []Record {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Record(nil), f.records...)
}

// Messages returns copies of the messages that were handed in so far.
func (f *Feed) Messages() []*message.Message {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]*message.Message(nil), f.all...)
}

// Payloads returns the payloads of what was handed in so far.
func (f *Feed) Payloads() []string {
	var all []string
	for _, r := range f.Records() {
		all = append(all, r.Payload)
	}
	return all
}

// WaitFor waits until n records were handed in and returns them all.
func (f *Feed) WaitFor(t testing.TB, n int) []Record {
	t.Helper()
	f.Until(t, func() bool { return len(f.Records()) >= n })
	return f.Records()
}

// Until waits until cond holds. It is looked at whenever a stream did something, and
// now and then, since it may hang on what an input does after that.
func (f *Feed) Until(t testing.TB, cond func() bool) {
	t.Helper()
	patience := time.After(Patience)
	poll := time.NewTicker(10 * time.Millisecond)
	defer poll.Stop()
	for {
		f.mu.Lock()
		if f.changed == nil {
			f.changed = make(chan struct{})
		}
		changed := f.changed
		f.mu.Unlock()
		if cond() {
			return
		}
		select {
		case <-changed:
		case <-poll.C:
		case <-patience:
			t.Fatalf("waited in vain; records so far: %d", len(f.Records()))
		}
	}
}

// DeliverAll counts everything as delivered that Manual left open.
func (f *Feed) DeliverAll() {
	f.mu.Lock()
	pending := f.pending
	f.pending = nil
	f.mu.Unlock()
	for _, deliver := range pending {
		deliver()
	}
}

// notify wakes Until; the caller holds mu.
func (f *Feed) notify() {
	if f.changed != nil {
		close(f.changed)
		f.changed = nil
	}
}

func (f *Feed) cut(data []byte, final bool) (int, []byte) {
	if f.Cut != nil {
		return f.Cut(data, final)
	}
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i]
	}
	return 0, nil
}

// stream implements plugin.Stream.
type stream struct {
	feed     *Feed
	options  plugin.StreamOptions
	rest     []byte
	consumed int64
	told     int64
	waiting  []Record
	messages []*message.Message
	done     []func()
}

func (s *stream) Split(r io.Reader) error {
	buf := make([]byte, 4096)
	waiter, _ := r.(plugin.Waiter)
	for {
		if waiter != nil {
			waiter.Wait(func() { clear(buf) })
		}
		n, err := r.Read(buf)
		s.rest = append(s.rest, buf[:n]...)
		s.scan(false)
		if err != nil || n > 0 {
			s.Flush()
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (s *stream) scan(final bool) {
	for len(s.rest) > 0 {
		n, record := s.feed.cut(s.rest, final)
		if n == 0 && record == nil {
			return
		}
		if len(record) > 0 {
			s.record(record)
		}
		s.rest = s.rest[n:]
		s.consumed += int64(n)
	}
}

func (s *stream) record(b []byte) {
	p := s.Pack()
	p.Message.SetPayload(string(b))
	if s.options.Decorate != nil {
		s.options.Decorate(p)
	}
	s.keep(p)
}

func (s *stream) keep(p *plugin.Pack) {
	m := &p.Message
	s.messages = append(s.messages, m.Clone())
	s.waiting = append(s.waiting, Record{
		Token: s.options.Token, Logger: strings.Clone(m.Logger()), Type: strings.Clone(m.Type()),
		Hostname: strings.Clone(m.Hostname()), Payload: strings.Clone(m.Payload()),
	})
}

func (s *stream) SplitAll(r io.Reader) error {
	b, err := io.ReadAll(r)
	s.consumed += int64(len(b))
	if err == nil && len(b) > 0 {
		s.record(b)
	}
	s.Flush()
	return err
}

// WholeBodies implements plugin.WholeBodies.
func (s *stream) WholeBodies() bool { return true }

func (s *stream) SplitBytes(b []byte, done func()) (int, error) {
	before := len(s.waiting)
	consumed := s.consumed
	s.rest = bytes.Clone(b)
	s.scan(true)
	s.rest = nil
	if done != nil {
		s.done = append(s.done, done)
	}
	if len(s.waiting) == before {
		return int(s.consumed - consumed), errors.New("no records")
	}
	return int(s.consumed - consumed), nil
}

func (s *stream) Settle() {
	s.scan(true)
	s.Flush()
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	s.feed.settled++
	s.feed.notify()
}

func (s *stream) Pack() *plugin.Pack {
	p := new(plugin.Pack)
	p.Reset(new(plugin.Text))
	p.Message.SetLogger(s.options.Logger)
	return p
}

func (s *stream) Deliver(p *plugin.Pack, done func()) {
	s.keep(p)
	if done != nil {
		s.done = append(s.done, done)
	}
}

func (s *stream) Flush() {
	f, deliveries := s.feed, s.done
	if to := s.consumed; s.options.Delivered != nil && to != s.told {
		s.told = to
		deliveries = append(deliveries, func() { s.options.Delivered(to) })
	}
	f.mu.Lock()
	f.records = append(f.records, s.waiting...)
	f.all = append(f.all, s.messages...)
	if f.Manual {
		f.pending = append(f.pending, deliveries...) // who sees the records may deliver them
		deliveries = nil
	}
	f.notify()
	f.mu.Unlock()
	s.messages, s.waiting, s.done = nil, nil, nil
	for _, done := range deliveries {
		done()
	}
}

func (s *stream) Consumed() int64 { return s.consumed }

func (s *stream) Close() {
	s.Flush()
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, open := range f.open {
		if open == s {
			f.open = append(f.open[:i], f.open[i+1:]...)
			break
		}
	}
	f.notify()
}
