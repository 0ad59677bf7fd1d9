package logstreamer

import "sync"

// progress tells up to which offset of a follower everything has been delivered,
// by what is delivered of the pipeline's streams that its bytes went into. A stream
// counts only when those before it are done. It may be used by any goroutine.
type progress struct {
	mu    sync.Mutex // guards what follows
	parts []*part    // the last one is in use
	done  int64
}

// part is one stream of the pipeline.
type part struct {
	base      int64 // offset of its first byte
	delivered int64 // bytes
	end       int64 // bytes that count, or -1 while it is in use
}

// begin adds a stream whose first byte has the offset base. The function that it
// returns is told how much of the stream has been delivered.
func (p *progress) begin(base int64) (delivered func(n int64)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	one := &part{base: base, end: -1}
	p.parts = append(p.parts, one)
	p.advance()
	return func(n int64) {
		p.mu.Lock()
		defer p.mu.Unlock()
		one.delivered = n
		p.advance()
	}
}

// end says that no more than the first n bytes of the last stream count.
func (p *progress) end(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.parts[len(p.parts)-1].end = n
	p.advance()
}

// over reports whether the stream is done with.
func (t *part) over() bool { return t.end >= 0 && t.delivered >= t.end }

func (p *progress) advance() {
	for len(p.parts) > 1 && p.parts[0].over() {
		p.parts = p.parts[1:]
	}
	first := p.parts[0]
	n := first.delivered
	if first.end >= 0 {
		n = min(n, first.end)
	}
	p.done = max(p.done, first.base+n)
}

// offset is the offset up to which everything has been delivered.
func (p *progress) offset() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.done
}

// settled reports whether nothing more will be delivered.
func (p *progress) settled() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.parts) == 0 || len(p.parts) == 1 && p.parts[0].over()
}
