package http

import (
	"context"
	"errors"
	"sync"

	"github.com/hekad/heka/plugin"
)

// keptLanes is how many unused streams are kept for further requests.
const keptLanes = 64

// lanes lends streams to requests.
type lanes struct {
	feed plugin.Feed
	wait bool           // somebody waits for deliveries
	busy sync.WaitGroup // one for each lane that is lent

	mu     sync.Mutex // guards what follows
	free   []*lane    // the last one was used last
	closed bool
}

// lane is a stream that serves one request at a time.
type lane struct {
	stream plugin.Stream
	whole  bool     // a body is one record
	what   *request // at hand

	mu        sync.Mutex // guards what follows
	delivered int64      // bytes of the stream
	target    int64      // bytes that somebody waits for
	reached   chan struct{}
}

// get lends a lane for a request.
func (l *lanes) get(r *request) (*lane, error) {
	s, err := l.lend()
	if err != nil {
		return nil, err
	}
	s.what = r
	if s.stream != nil {
		return s, nil
	}
	options := plugin.StreamOptions{Decorate: func(p *plugin.Pack) { s.what.decorate(p) }}
	if l.wait {
		options.Delivered = s.advance
	}
	stream, err := l.feed.Open(options)
	if err != nil {
		l.busy.Done()
		return nil, err
	}
	s.stream = stream
	if w, ok := stream.(plugin.WholeBodies); ok {
		s.whole = w.WholeBodies()
	}
	return s, nil
}

var errEnded = errors.New("the input has ended")

// lend counts a lane as lent: one of those kept, or a new one without a stream.
func (l *lanes) lend() (*lane, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, errEnded
	}
	l.busy.Add(1)
	n := len(l.free)
	if n == 0 {
		return new(lane), nil
	}
	s := l.free[n-1]
	l.free = l.free[:n-1]
	return s, nil
}

// put takes a lane back.
func (l *lanes) put(s *lane) {
	defer l.busy.Done()
	s.what = nil
	l.mu.Lock()
	if keep := !l.closed && len(l.free) < keptLanes; keep {
		l.free = append(l.free, s)
		l.mu.Unlock()
		return
	}
	l.mu.Unlock()
	s.stream.Close()
}

// close closes what is not lent, and the rest when it comes back, which it waits
// for.
func (l *lanes) close() {
	l.mu.Lock()
	free := l.free
	l.free, l.closed = nil, true
	l.mu.Unlock()
	for _, s := range free {
		s.stream.Close()
	}
	l.busy.Wait()
}

// advance implements Delivered of the stream's options.
func (s *lane) advance(n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delivered = n
	if s.reached != nil && n >= s.target {
		close(s.reached)
		s.reached = nil
	}
}

// settled waits until all that the stream has consumed is delivered.
func (s *lane) settled(ctx context.Context) error {
	s.mu.Lock()
	s.target = s.stream.Consumed()
	if s.delivered >= s.target {
		s.mu.Unlock()
		return nil
	}
	reached := make(chan struct{})
	s.reached = reached
	s.mu.Unlock()
	select {
	case <-reached:
		return nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reached = nil
	return ctx.Err()
}
