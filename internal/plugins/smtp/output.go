package smtp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/hekad/heka/internal/bulk"
	"github.com/hekad/heka/internal/interpolate"
	"github.com/hekad/heka/plugin"
)

// apart stands between the texts of one mail.
const apart = "\r\n\r\n"

// lookEvery is how often it is looked whether a mail is due.
const lookEvery = 500 * time.Millisecond

// longestSubject bounds, in bytes, what messages make of the subject.
const longestSubject = 500

// Output is the SmtpOutput plugin.
type Output struct {
	*bulk.Output
	post    *post
	timeout time.Duration
}

func newOutput(c *config, env *plugin.Env) (plugin.Output, error) {
	tls, err := c.TLS.ClientConfig(env.Log)
	if err != nil {
		return nil, fmt.Errorf("TLS init error: %w", err)
	}
	subject, err := interpolate.New(c.Subject)
	if err != nil {
		return nil, plugin.BadOption("subject", "%w", err)
	}
	host, _, err := net.SplitHostPort(c.Host)
	if err != nil {
		return nil, plugin.BadOption("host", "Host must contain a port specifier")
	}
	p := &post{
		encode: env.Encode, subject: subject, from: c.SendFrom, to: c.SendTo, host: hostName(env.Hostname),
		interval: time.Duration(c.SendInterval) * time.Second, hurry: make(chan struct{}),
		server: server{
			address: c.Host, name: host, greeting: hostName(env.Hostname), tls: tls, implicit: c.UseTLS,
			required: c.RequireTLS, timeout: c.Timeout, log: env.Log,
		},
	}
	if c.Subject == "" {
		p.ownSubject = "Heka [" + env.Name + "]"
	}
	if auth := auths[c.Auth]; auth != nil {
		p.server.auth = auth(c.User, c.Password, host)
	}
	options := bulk.Options{Count: 1}
	if p.interval > 0 {
		options = bulk.Options{Bytes: c.MaxMailSize, Interval: min(p.interval, lookEvery)}
	}
	return &Output{bulk.New(options, env, p), p, c.Timeout}, nil
}

// Flush implements plugin.Flusher: it sends what waits if the time has come.
func (o *Output) Flush(ctx context.Context) error {
	if o.post.wait() > 0 {
		return nil
	}
	return o.Output.Flush(ctx)
}

// Close sends what still waits. What the server does not take now is not
// delivered.
func (o *Output) Close() error {
	o.post.once.Do(func() { close(o.post.hurry) })
	ctx, cancel := context.WithTimeout(context.Background(), o.timeout)
	defer cancel()
	return errors.Join(o.Output.Flush(ctx), o.Output.Close())
}

// post implements bulk.Sender.
type post struct {
	server     server
	encode     func([]byte, *plugin.Pack) ([]byte, error)
	subject    *interpolate.Template
	ownSubject string // when none is configured
	from       string
	to         []string
	host       string
	interval   time.Duration
	line       []byte

	once  sync.Once
	hurry chan struct{} // closed at the end: nothing waits any more

	mu   sync.Mutex // guards last
	last time.Time  // of the last mail that was accepted
}

// Encode implements bulk.Sender. The item's key is the id of the mail that begins
// with it, and its subject.
func (s *post) Encode(dst []byte, p *plugin.Pack, i *bulk.Item) ([]byte, error) {
	before := len(dst)
	dst, err := s.encode(dst, p)
	if err != nil || len(dst) == before {
		return dst, err
	}
	s.line = append(append(append(s.line[:0], p.Message.UUIDText()...), '@'), s.host...)
	s.line = append(s.line, '\n')
	begin := len(s.line)
	s.line, _ = s.subject.Append(append(s.line, s.ownSubject...), &p.Message, p.Message.Timestamp())
	i.Key = string(s.line[:min(len(s.line), begin+longestSubject)])
	return append(dst, apart...), nil
}

// Send implements bulk.Sender.
func (s *post) Send(ctx context.Context, r *bulk.Request) error {
	if err := s.pause(ctx); err != nil {
		return err
	}
	id, subject, _ := strings.Cut(r.Items[0].Key, "\n")
	l := letter{from: s.from, to: s.to, id: id, subject: subject, date: time.Now()}
	l.body = r.Body()
	l.body = l.body[:len(l.body)-len(apart)]
	to := make([]string, len(s.to))
	for i, a := range s.to {
		to[i] = bareAddress(a)
	}
	err := s.server.deliver(ctx, bareAddress(s.from), to, l.bytes())
	if err != nil {
		return fmt.Errorf("sending error: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = time.Now()
	return nil
}

// wait is how long the next mail has to wait.
func (s *post) wait() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last.IsZero() {
		return 0
	}
	return s.interval - time.Since(s.last)
}

// pause waits until a mail may be sent.
func (s *post) pause(ctx context.Context) error {
	d := s.wait()
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-s.hurry:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
