package bulk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/hekad/heka/internal/netconf"
)

// Poster posts bodies.
type Poster struct {
	Client *http.Client
	Method string // empty is POST
	Header http.Header
	Host   string // empty is that of the URL
	// Username and Password are sent if one of them is not empty.
	Username, Password string
	// Gzip packs bodies.
	Gzip bool
}

// Answer is what a server said.
type Answer struct {
	Status  int
	Line    string // the status with its word: "404 Not Found"
	Body    []byte
	Wait    time.Duration // wished for by Retry-After
	Address string        // of a redirect
}

const (
	// maxAnswer bounds the body of an answer.
	maxAnswer = 64 << 20
	// shown is how much of an answer's body an error shows.
	shown = 500
)

var errEndless = errors.New("the answer is longer than 64 MiB")

var gzipWriters sync.Pool // of *gzip.Writer

// Post sends a body, none if it is nil. The body of the answer is read whole.
func (p *Poster) Post(ctx context.Context, url string, body []byte) (*Answer, error) {
	method := p.Method
	if method == "" {
		method = http.MethodPost
	}
	if p.Gzip && len(body) > 0 {
		body = pack(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return nil, err
	}
	var reading netconf.Body
	defer reading.Release()
	if body != nil {
		reading.Attach(req, body)
	}
	for name, values := range p.Header {
		req.Header[name] = values
	}
	if p.Host != "" {
		req.Host = p.Host
	}
	if p.Gzip && len(body) > 0 {
		req.Header.Set("Content-Encoding", "gzip")
	}
	if p.Username != "" || p.Password != "" {
		req.SetBasicAuth(p.Username, p.Password)
	}
	resp, err := p.Client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	a := &Answer{Status: resp.StatusCode, Line: resp.Status, Wait: retryAfter(resp.Header.Get("Retry-After"))}
	if to, err := resp.Location(); err == nil {
		a.Address = to.Redacted()
	}
	a.Body, err = readAnswer(resp)
	return a, err
}

func pack(body []byte) []byte {
	var packed bytes.Buffer
	packed.Grow(len(body)/4 + 64)
	z, _ := gzipWriters.Get().(*gzip.Writer)
	if z == nil {
		z, _ = gzip.NewWriterLevel(nil, gzip.BestSpeed)
	}
	z.Reset(&packed)
	z.Write(body)
	z.Close()
	gzipWriters.Put(z)
	return packed.Bytes()
}

func readAnswer(resp *http.Response) ([]byte, error) {
	var b bytes.Buffer
	if n := resp.ContentLength; n > 0 && n <= maxAnswer {
		b.Grow(int(n) + bytes.MinRead)
	}
	n, err := b.ReadFrom(io.LimitReader(resp.Body, maxAnswer+1))
	if err == nil && n > maxAnswer {
		err = errEndless
	}
	return b.Bytes(), err
}

// retryAfter reads that header: seconds, or a date.
func retryAfter(text string) time.Duration {
	if n, err := strconv.Atoi(text); err == nil {
		return time.Duration(min(max(n, 0), int(longestWish/time.Second))) * time.Second
	}
	if t, err := http.ParseTime(text); err == nil {
		return max(time.Until(t), 0)
	}
	return 0
}

// Temporary reports whether the answer says that another attempt may succeed: 408,
// 425, 429 and 5xx.
func (a *Answer) Temporary() bool {
	switch a.Status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return a.Status >= 500
}

// Failure is the error of an answer that is no success, in words that begin with
// what. It keeps the server's wish for a pause.
func (a *Answer) Failure(what string) error {
	text := what + " " + a.Line + a.Redirect()
	if len(a.Body) > 0 {
		text += " - " + a.Text()
	}
	return Later(errors.New(text), a.Wait)
}

// Redirect says where a redirect leads, for errors.
func (a *Answer) Redirect() string {
	if a.Address == "" {
		return ""
	}
	return ", to " + a.Address
}

// Text is the beginning of the body, for errors.
func (a *Answer) Text() string {
	b := bytes.TrimSpace(a.Body)
	if len(b) > shown {
		return fmt.Sprintf("%q…", b[:shown])
	}
	return string(bytes.ToValidUTF8(b, []byte("\uFFFD")))
}
