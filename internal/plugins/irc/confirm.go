package irc

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The protocol acknowledges no message, but a server does one thing after the other:
// when it answers a PING, it has got all that was said before. Lines count as sent
// then; those of a connection that breaks before are said again over the next one.

// sent is a line that was written.
type sent struct {
	entry
	to   *channel
	ping int // whose answer says that the server has got the line
}

// pings are the questions of one connection. One is under way at a time.
type pings struct {
	last  int
	since time.Time // the last one was sent; zero: it is answered
}

// next is the number of the next one.
func (p *pings) next() int { return p.last + 1 }

// overdue reports whether an answer should have come long ago.
func (p *pings) overdue() bool { return !p.since.IsZero() && time.Since(p.since) > silence }

// pingPrefix stands in front of a number, so that nothing else is taken for an answer.
const pingPrefix = "heka-"

// ask asks whether the server has got all, unless it is being asked.
func (s *session) ask() error {
	if !s.pings.since.IsZero() || len(s.unsure) == 0 {
		return nil
	}
	s.pings.last++
	s.pings.since = time.Now()
	return s.say("PING :%s%d", pingPrefix, s.pings.last)
}

// answered is about a PONG.
func (s *session) answered(c *command) error {
	if len(c.params) == 0 {
		return nil
	}
	text, ours := strings.CutPrefix(c.params[len(c.params)-1], pingPrefix)
	n, err := strconv.Atoi(text)
	if !ours || err != nil || n != s.pings.last || s.pings.since.IsZero() {
		return nil
	}
	s.pings.since = time.Time{}
	for len(s.unsure) > 0 && s.unsure[0].ping <= n {
		e := s.unsure[0].entry
		s.unsure = s.unsure[1:]
		s.sent.Add(1)
		e.of.settle()
		s.gone(1)
	}
	return s.ask()
}

// takeBack puts lines that the server may not have got back into the backlog of their
// channel, or those of all channels.
func (s *session) takeBack(of *channel) {
	if len(s.unsure) == 0 {
		return
	}
	var rest []sent
	back := make(map[*channel][]entry)
	for _, e := range s.unsure {
		if of == nil || e.to == of {
			back[e.to] = append(back[e.to], e.entry)
		} else {
			rest = append(rest, e)
		}
	}
	for c, entries := range back {
		c.backlog = append(entries, c.backlog...)
	}
	s.unsure = rest
}

// silenced is about a channel in which this client may not speak.
func (s *session) silenced(c *command) error {
	ch := s.find(c.param(1))
	if ch == nil || ch.barred {
		return nil
	}
	s.env.Log.Error(fmt.Sprintf("An error occurred sending to channel: %s. Reason: %s", ch.name, c.params[len(c.params)-1]))
	s.takeBack(ch)
	return s.bar(ch)
}
