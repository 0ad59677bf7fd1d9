package admin

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// Client asks the API of a running heka.
type Client struct {
	base, token string
	http        http.Client
	where       string // for errors
}

// ClientOptions say how a client shows who it is, and whom it trusts.
type ClientOptions struct {
	// Token is what the API asks for; it may be empty.
	Token string
	// CAFile names the authorities to trust in PEM; "" means the system's.
	CAFile string
}

// NewClient returns a client for an address: unix:PATH, HOST:PORT, or a URL
// beginning with http:// or https://.
func NewClient(address string, o ClientOptions) (*Client, error) {
	c := &Client{token: o.Token, where: address}
	transport := &http.Transport{}
	c.http.Transport = transport
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, err
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate in PEM", o.CAFile)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	path, isFile := strings.CutPrefix(address, unixPrefix)
	switch {
	case isFile:
		c.base = "http://localhost"
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", path)
		}
	case strings.Contains(address, "://"):
		c.base = strings.TrimSuffix(address, "/")
	default:
		c.base = "http://" + address
	}
	if u, err := url.Parse(c.base); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is neither unix:PATH nor HOST:PORT nor a URL", address)
	}
	return c, nil
}

// maxError bounds how much of an error's text is read, in bytes.
const maxError = 16 << 10

// Error is a refusal of the API.
type Error struct {
	// Status is the HTTP status.
	Status int
	// Text is one line, Diagram shows a place in an expression, if there is one.
	Text, Diagram string
}

func (e *Error) Error() string { return e.Text }

// open asks for a resource; the caller closes the answer.
func (c *Client) open(ctx context.Context, method, path string, query url.Values, body io.Reader) (io.ReadCloser, error) {
	u := c.base + path
	if len(query) > 0 {
		u += "?" + query.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, method, u, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		var op *url.Error
		if errors.As(err, &op) {
			err = op.Err // the URL would only repeat the address
		}
		return nil, fmt.Errorf("asking heka at %s: %w", c.where, err)
	}
	if answer.StatusCode == http.StatusOK || answer.StatusCode == http.StatusCreated {
		return answer.Body, nil
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxError))
	if err != nil {
		return nil, err
	}
	said := Error{Status: answer.StatusCode}
	var fields struct{ Error, Diagram string }
	if json.Unmarshal(text, &fields) == nil && fields.Error != "" {
		said.Text, said.Diagram = fields.Error, fields.Diagram
	} else {
		said.Text = strings.TrimSpace(string(text))
	}
	return nil, &said
}

// Get asks for a resource and decodes its JSON.
func (c *Client) Get(ctx context.Context, path string, query url.Values, into any) error {
	return c.Do(ctx, http.MethodGet, path, query, nil, into)
}

// Do sends a request, with a body of JSON unless order is nil, and decodes the
// answer. The path is escaped as it must be in a URL.
func (c *Client) Do(ctx context.Context, method, path string, query url.Values, order, into any) error {
	var content io.Reader
	if order != nil {
		text, err := json.Marshal(order)
		if err != nil {
			return err
		}
		content = bytes.NewReader(text)
	}
	body, err := c.open(ctx, method, path, query, content)
	if err != nil {
		return err
	}
	defer body.Close()
	if err := json.NewDecoder(body).Decode(into); err != nil {
		return fmt.Errorf("reading what heka at %s answers: %w", c.where, err)
	}
	return nil
}

// maxEvent is the longest event that a client reads, in bytes.
const maxEvent = 64 << 20

// Events calls f with each event of a stream until f returns an error, ctx is
// done (nil) or the stream ends (io.ErrUnexpectedEOF: heka ended).
func (c *Client) Events(ctx context.Context, path string, query url.Values, f func(name string, data []byte) error) error {
	body, err := c.open(ctx, http.MethodGet, path, query, nil)
	if err != nil {
		return err
	}
	defer body.Close()
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, maxEvent)
	lines.Split(wholeLines)
	var name string
	for lines.Scan() {
		line := lines.Bytes()
		if n, ok := bytes.CutPrefix(line, []byte("event: ")); ok {
			name = string(n)
		} else if data, ok := bytes.CutPrefix(line, []byte("data: ")); ok {
			if err := f(name, data); err != nil {
				return err
			}
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil
	case lines.Err() != nil:
		return lines.Err()
	}
	return io.ErrUnexpectedEOF
}

// wholeLines is bufio.ScanLines without what stands behind the last line end: half
// a line, where the stream was cut.
func wholeLines(data []byte, atEOF bool) (advance int, line []byte, err error) {
	if atEOF && bytes.IndexByte(data, '\n') < 0 {
		return len(data), nil, nil
	}
	return bufio.ScanLines(data, atEOF)
}
