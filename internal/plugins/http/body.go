package http

import (
	"compress/flate"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"bufio"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const (
	// stride is how much of a body must come within the read time-out.
	stride = 64 << 10
	// zstdWindow bounds the memory for unpacking a body.
	zstdWindow = 8 << 20
)

// body is what is left to read of a request's body, unpacked. It implements
// io.Reader.
type body struct {
	from    io.Reader
	length  int64 // announced; -1 if not
	read    int64 // bytes given out
	limit   int64 // of read; 0 is none
	release func()
}

var errTooLarge = errors.New("the body is larger than max_body_size")

// codingError is about the packing of a body.
type codingError struct {
	status int
	err    error
}

func (e *codingError) Error() string { return e.err.Error() }
func (e *codingError) Unwrap() error { return e.err }

// open begins with a request's body.
func (in *Listen) open(r *http.Request, control *http.ResponseController) (*body, error) {
	b := &body{length: r.ContentLength, limit: in.config.MaxBodySize}
	b.from = &paced{Reader: r.Body, control: control, timeout: in.config.ReadTimeout, left: stride}
	coding := ""
	if in.config.Decompress {
		coding = strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding")))
	}
	if coding != "" && coding != "identity" && r.ContentLength != 0 {
		b.length = -1
		if err := b.unpack(coding); err != nil {
			return nil, err
		}
	}
	if b.limit > 0 && b.length > b.limit {
		return nil, errTooLarge
	}
	return b, nil
}

// unpackers are kept for further bodies.
var (
	gzipReaders sync.Pool // of *gzip.Reader
	zstdReaders sync.Pool // of *zstd.Decoder
)

// unpack puts an unpacker in front of the body.
func (b *body) unpack(coding string) error {
	switch coding {
	case "gzip", "x-gzip":
		z, _ := gzipReaders.Get().(*gzip.Reader)
		if z == nil {
			z = new(gzip.Reader)
		}
		if err := z.Reset(b.from); err != nil {
			return badCoding(coding, err)
		}
		b.from, b.release = z, func() { gzipReaders.Put(z) }
	case "zstd":
		z, _ := zstdReaders.Get().(*zstd.Decoder)
		if z == nil {
			var err error
			z, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderLowmem(true))
			if err != nil {
				return err
			}
		}
		if err := z.Reset(b.from); err != nil {
			return badCoding(coding, err)
		}
		b.from, b.release = z, func() { z.Reset(nil); zstdReaders.Put(z) }
	case "deflate":
		// Both the zlib form, which is meant, and the bare one are sent.
		buffered := bufio.NewReader(b.from)
		head, err := buffered.Peek(2)
		if err != nil && err != io.EOF {
			return err
		}
		if len(head) == 2 && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
			z, err := zlib.NewReader(buffered)
			if err != nil {
				return badCoding(coding, err)
			}
			b.from = z
		} else {
			b.from = flate.NewReader(buffered)
		}
	default:
		return &codingError{http.StatusUnsupportedMediaType, fmt.Errorf("content encoding %q is not known", coding)}
	}
	b.from = &coded{b.from, coding}
	return nil
}

func badCoding(coding string, err error) error {
	var timeout interface{ Timeout() bool }
	if errors.As(err, &timeout) {
		return err
	}
	return &codingError{http.StatusBadRequest, fmt.Errorf("unpacking the %s body: %w", coding, err)}
}

// coded tells errors of unpacking from those of reading.
type coded struct {
	io.Reader
	coding string
}

// Read implements io.Reader.
func (c *coded) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	if err != nil && err != io.EOF {
		err = badCoding(c.coding, err)
	}
	return n, err
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	if b.limit > 0 {
		left := b.limit - b.read
		if left <= 0 {
			// One byte more tells the end from too much.
			var one [1]byte
			if n, err := io.ReadFull(b.from, one[:]); n == 0 {
				return 0, err
			}
			return 0, errTooLarge
		}
		if int64(len(p)) > left {
			p = p[:left]
		}
	}
	n, err := b.from.Read(p)
	b.read += int64(n)
	return n, err
}

// Len is how many bytes the request says are still to come, 0 if it does not say.
func (b *body) Len() int { return int(max(b.length-b.read, 0)) }

func (b *body) close() {
	if b.release != nil {
		b.release()
	}
}

// paced is a body that must keep coming.
type paced struct {
	io.Reader
	control *http.ResponseController
	timeout time.Duration
	left    int // bytes until the deadline moves
}

// Read implements io.Reader.
func (p *paced) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	if p.left -= n; p.left <= 0 && err == nil {
		p.left = stride
		p.control.SetReadDeadline(time.Now().Add(p.timeout))
	}
	return n, err
}

// statusOf is how a request is answered whose body could not be read.
func statusOf(err error) int {
	var coding *codingError
	switch {
	case errors.As(err, &coding):
		return coding.status
	case errors.Is(err, errTooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return http.StatusRequestTimeout
	}
	return http.StatusBadRequest
}
