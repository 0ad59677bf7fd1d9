package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/smtp"
	"net/textproto"
	"time"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

// auths are the ways to authenticate.
var auths = map[string]func(user, password, host string) smtp.Auth{
	"none":    nil,
	"Plain":   func(user, password, host string) smtp.Auth { return smtp.PlainAuth("", user, password, host) },
	"CRAMMD5": func(user, password, _ string) smtp.Auth { return smtp.CRAMMD5Auth(user, password) },
}

// server is a mail server and how to talk to it.
type server struct {
	address, name string // host:port, and host
	greeting      string // the name by which this heka introduces itself
	auth          smtp.Auth
	tls           *tls.Config
	implicit      bool // TLS from the beginning
	required      bool // no mail without TLS
	timeout       time.Duration
	log           *slog.Logger
}

// maxTalk is the most bytes that a server may say in a session. Its replies are
// lines, one or a few for each recipient.
const maxTalk = 1 << 20

var errTalk = errors.New("the server says more than 1 MiB")

// bounded is a connection of which only so many bytes can be read.
type bounded struct {
	net.Conn
	left int
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, errTalk
	}
	n, err := b.Conn.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

var errNoTLS = errors.New("the server does not offer encryption (STARTTLS), which require_tls asks for")

// deliver sends one mail in a session of its own. An error that the server will
// always have against this mail is marked by plugin.Refused.
func (s *server) deliver(ctx context.Context, from string, to []string, mail []byte) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	var d netconf.Dialer
	if s.implicit {
		d.TLS = s.tls
	}
	conn, err := d.DialContext(ctx, "tcp", s.address)
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	c, err := s.open(&bounded{conn, maxTalk})
	if err == nil {
		err = s.hand(c, from, to, mail)
	}
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%w: %w", context.Cause(ctx), err)
	}
	return err
}

// open greets, encrypts and authenticates.
func (s *server) open(conn net.Conn) (*smtp.Client, error) {
	c, err := smtp.NewClient(conn, s.name)
	if err != nil {
		return nil, err
	}
	if err := c.Hello(s.greeting); err != nil {
		return nil, err
	}
	if offered, _ := c.Extension("STARTTLS"); offered && !s.implicit {
		config := s.tls.Clone()
		if config.ServerName == "" {
			config.ServerName = s.name
		}
		if err := c.StartTLS(config); err != nil {
			return nil, fmt.Errorf("STARTTLS: %w", err)
		}
	} else if s.required && !s.implicit {
		return nil, errNoTLS
	}
	if s.auth == nil {
		return c, nil
	}
	if offered, _ := c.Extension("AUTH"); !offered {
		return nil, errors.New("the server does not offer authentication (AUTH)")
	}
	if err := c.Auth(s.auth); err != nil {
		return nil, fmt.Errorf("authentication: %w", err)
	}
	return c, nil
}

// hand hands the mail over.
func (s *server) hand(c *smtp.Client, from string, to []string, mail []byte) error {
	if err := c.Mail(from); err != nil {
		return judged("sender "+from, err)
	}
	var last error
	refused := 0
	for _, a := range to {
		err := c.Rcpt(a)
		if err == nil {
			continue
		}
		last = judged("recipient "+a, err)
		if _, final := plugin.RefusedReason(last); !final {
			return last
		}
		refused++
		if len(to) > 1 {
			s.log.Error("the mail server refused the " + last.Error())
		}
	}
	if refused == len(to) {
		return last
	}
	w, err := c.Data()
	if err != nil {
		return judged("mail", err)
	}
	if _, err := w.Write(mail); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return judged("mail", err)
	}
	c.Quit() // the mail is accepted, whatever comes of this
	return nil
}

// judged says of a server's reply whether it is final.
func judged(what string, err error) error {
	named := fmt.Errorf("%s: %w", what, err)
	var reply *textproto.Error
	if errors.As(err, &reply) && reply.Code >= 500 && reply.Code < 600 {
		return plugin.Refused("refused", named)
	}
	return named
}
