package irc

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

const (
	// silence is how long the server may say nothing until it is asked whether it
	// is there, and then again.
	silence = 4 * time.Minute
	// maxLine is the longest line of the server.
	maxLine = 8 << 10
	// maxPrelude is the most lines that the server may say until it welcomes this
	// client.
	maxPrelude = 1000
	// welcomeTimeouts is how many times the timeout the server has for that: it may
	// look up names meanwhile.
	welcomeTimeouts = 3
)

var (
	errBanned    = errors.New("Banned from irc server.")
	errNoChannel = errors.New("No joinable channels.")
	errUnwelcome = errors.New("the server does not welcome this client")
	errNoPong    = errors.New("the server does not answer")
)

// session is one connection.
type session struct {
	*Output
	conn   net.Conn
	nick   string
	unsure []sent // lines that the server may not have got
	pings  pings
}

// connect connects and works until the connection is lost or ctx is done. registered
// says whether the server has welcomed this client.
func (o *Output) connect(ctx context.Context) (registered bool, err error) {
	conn, err := o.dialer.DialContext(ctx, "tcp", o.config.Server)
	if err != nil {
		return false, fmt.Errorf("Unable to connect to irc server %s: %w", o.config.Server, err)
	}
	s := &session{Output: o, conn: conn, nick: o.config.Nick}
	lines, broken := make(chan string), make(chan error, 1)
	over := make(chan struct{})
	go func() {
		broken <- s.listen(lines, over)
		close(broken)
	}()
	for _, c := range o.channels {
		c.joined, c.barred, c.attempts, c.rejoin = false, false, 0, time.Time{}
	}
	registered, err = s.work(ctx, lines, broken)
	if ctx.Err() != nil {
		s.say("QUIT")
	}
	close(over)
	conn.Close()
	for range broken {
	}
	s.takeBack(nil)
	return registered, err
}

// listen reads lines until the connection breaks.
func (s *session) listen(lines chan<- string, over <-chan struct{}) error {
	r := bufio.NewReaderSize(s.conn, maxLine)
	for asked := false; ; {
		s.conn.SetReadDeadline(time.Now().Add(silence))
		line, err := r.ReadSlice('\n')
		var timeout net.Error
		switch {
		case errors.As(err, &timeout) && timeout.Timeout() && !asked && len(line) == 0:
			asked = true
			line = nil // heed asks
		case err != nil:
			return err
		default:
			asked = false
		}
		select {
		case lines <- string(line):
		case <-over:
			return nil
		}
	}
}

// say sends a line.
func (s *session) say(format string, args ...any) error {
	s.conn.SetWriteDeadline(time.Now().Add(time.Duration(s.config.Timeout) * time.Second))
	_, err := fmt.Fprintf(s.conn, format+"\r\n", args...)
	return err
}

func (s *session) register() error {
	if password := s.config.Password; password != "" {
		if strings.Contains(password, " ") && !strings.HasPrefix(password, ":") {
			password = ":" + password // the form for a parameter of several words
		}
		if err := s.say("PASS %s", password); err != nil {
			return err
		}
	}
	return errors.Join(s.say("NICK %s", s.nick), s.say("USER %s 0.0.0.0 0.0.0.0 :%s", s.config.Ident, s.config.Ident))
}

// work is all that happens while the connection lasts.
func (s *session) work(ctx context.Context, lines <-chan string, broken <-chan error) (registered bool, err error) {
	if err := s.register(); err != nil {
		return false, err
	}
	pace := time.NewTicker(time.Duration(s.config.TickerInterval) * time.Second)
	defer pace.Stop()
	welcome := time.NewTimer(welcomeTimeouts * time.Duration(s.config.Timeout) * time.Second)
	defer welcome.Stop()
	prelude := 0
	drain := s.drain
	for {
		parcels := s.parcels
		if !s.room() {
			parcels = nil
		}
		select {
		case <-ctx.Done():
			return registered, nil
		case err := <-broken:
			return registered, err
		case line := <-lines:
			c := parse(line)
			if s.config.VerboseIRCLogging {
				s.env.Log.Info("irc: " + strings.TrimSpace(line))
			}
			registered = registered || c.name == "001"
			if prelude++; !registered && prelude > maxPrelude {
				return false, errUnwelcome
			}
			err = s.heed(&c)
		case p := <-parcels:
			s.take(p)
		case <-welcome.C:
			if !registered {
				return false, errUnwelcome
			}
		case <-pace.C:
			err = errors.Join(s.rejoin(), s.send())
		case <-drain:
			drain = nil
			pace.Reset(time.Millisecond)
		}
		if err != nil {
			return registered, err
		}
	}
}

// send sends the next line.
func (s *session) send() error {
	if s.pings.overdue() {
		return errNoPong
	}
	c := s.next()
	if c == nil || len(s.unsure) >= s.config.QueueSize {
		return nil
	}
	e := c.backlog[0]
	if err := s.say("PRIVMSG %s :%s", c.name, e.text); err != nil {
		return err
	}
	c.backlog = c.backlog[1:]
	s.unsure = append(s.unsure, sent{e, c, s.pings.next()})
	return s.ask()
}

// heed does what a line of the server asks for.
func (s *session) heed(c *command) error {
	switch c.name {
	case "": // it was silent for long
		return s.say("PING :%s", s.nick)
	case "PING":
		return s.say("PONG :%s", c.param(0))
	case "PONG":
		return s.answered(c)
	case "404", "442", "477":
		return s.silenced(c)
	case "ERROR":
		return errors.New(c.param(0))
	case "433":
		s.nick += "_"
		return s.say("NICK %s", s.nick)
	case "465":
		return errBanned
	case "001":
		if nick := c.param(0); nick != "" {
			s.nick = nick
		}
		for _, ch := range s.channels {
			if err := s.say("JOIN %s", ch.entry); err != nil {
				return err
			}
		}
	case "366":
		if ch := s.find(c.param(1)); ch != nil {
			ch.joined, ch.attempts = true, 0
		}
	case "403", "471", "473", "474", "475":
		return s.refused(c)
	case "KICK":
		ch := s.find(c.param(0))
		if ch == nil || !strings.EqualFold(c.param(1), s.nick) {
			return nil
		}
		ch.joined = false
		if s.config.RejoinOnKick {
			return s.say("JOIN %s", ch.entry)
		}
		return s.bar(ch)
	}
	return nil
}

func (s *session) find(name string) *channel {
	for _, c := range s.channels {
		if strings.EqualFold(c.name, name) {
			return c
		}
	}
	return nil
}

// refused is about a channel that could not be joined.
func (s *session) refused(c *command) error {
	ch := s.find(c.param(1))
	if ch == nil {
		return nil
	}
	text := fmt.Sprintf("An error occurred joining channel: %s. Reason: %s", ch.name, c.params[len(c.params)-1])
	if c.name != "471" {
		s.env.Log.Error(text)
		return s.bar(ch)
	}
	if ch.attempts++; ch.attempts > s.config.MaxJoinRetries {
		s.env.Log.Error(fmt.Sprintf("Used up retry attempts attempting to join %s. No longer going to attempt to join channel.", ch.name))
		return s.bar(ch)
	}
	s.env.Log.Error(fmt.Sprintf("%s. Retrying in %d seconds.", text, s.config.TimeBeforeRejoin))
	ch.rejoin = time.Now().Add(time.Duration(s.config.TimeBeforeRejoin) * time.Second)
	return nil
}

// bar gives a channel up for as long as the connection lasts. What waits for it is
// dropped if others are left that have the message too, and stays otherwise.
func (s *session) bar(ch *channel) error {
	ch.joined, ch.barred, ch.rejoin = false, true, time.Time{}
	for _, c := range s.channels {
		if !c.barred {
			s.dropped.Add(int64(len(ch.backlog)))
			for _, e := range ch.backlog {
				e.of.settle()
			}
			s.gone(len(ch.backlog))
			if n := len(ch.backlog); n > 0 {
				s.env.Log.Error(fmt.Sprintf("Dropped %d messages for channel %s", n, ch.name))
			}
			ch.backlog = nil
			return nil
		}
	}
	return errNoChannel
}

// rejoin tries again to join channels that were full.
func (s *session) rejoin() error {
	for _, c := range s.channels {
		if !c.rejoin.IsZero() && time.Now().After(c.rejoin) {
			c.rejoin = time.Time{}
			if err := s.say("JOIN %s", c.entry); err != nil {
				return err
			}
		}
	}
	return nil
}
