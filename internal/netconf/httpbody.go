package netconf

import (
	"errors"
	"io"
	"net/http"
	"sync"
)

// Body is the body of one HTTP request, in a buffer that its owner means to use again.
// When a request has failed, or was answered early, its connection may go on reading
// the body for a while; Release ends that.
type Body struct {
	mu       sync.Mutex // guards what follows
	b        []byte
	released bool
}

var errReleased = errors.New("the request is over")

// Attach makes b the body of a request, repeatable for redirects and the like.
func (body *Body) Attach(req *http.Request, b []byte) {
	if len(b) == 0 {
		req.Body = http.NoBody
		return
	}
	body.b = b
	req.ContentLength = int64(len(b))
	req.Body = &bodyReader{body: body}
	req.GetBody = func() (io.ReadCloser, error) { return &bodyReader{body: body}, nil }
}

// Release takes the buffer back from whoever still reads it. It is called when the
// request is over.
func (body *Body) Release() {
	body.mu.Lock()
	defer body.mu.Unlock()
	body.b, body.released = nil, true
}

// bodyReader reads a body once.
type bodyReader struct {
	body *Body
	at   int
}

// Read implements io.Reader.
func (r *bodyReader) Read(p []byte) (int, error) {
	r.body.mu.Lock()
	defer r.body.mu.Unlock()
	switch {
	case r.body.released:
		return 0, errReleased
	case r.at == len(r.body.b):
		return 0, io.EOF
	}
	n := copy(p, r.body.b[r.at:])
	r.at += n
	return n, nil
}

// Close implements io.Closer.
func (r *bodyReader) Close() error { return nil }
