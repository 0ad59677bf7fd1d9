package flood

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/internal/client"
)

const (
	// enough bytes in one write; gathering more makes nothing cheaper.
	enough = 64 << 10
	// lead is how far a sender may run ahead of its pace. Shorter pauses would
	// not be kept by the system's clock.
	lead = 500 * time.Microsecond
)

// sender sends the messages of one connection.
type sender struct {
	test     *Test
	log      *slog.Logger
	name     string
	messages *messages
	count    uint64        // messages to send; 0 is until the context ends
	gap      time.Duration // between messages; 0 is none
	unacked  unacknowledged

	conn     *client.Conn
	ended    chan error    // why counts are no longer read; closed behind it
	progress chan struct{} // has a token when something was acknowledged
	buf      []byte
	pending  []sentMessage // in buf
	gathered uint64        // messages in buf
	last     time.Time     // end of the last write

	sent, bytes, reconnects atomic.Uint64
}

// run sends everything, or until ctx ends, which is no error.
func (s *sender) run(ctx context.Context) error {
	if err := s.connect(ctx); err != nil {
		return err
	}
	err := s.send(ctx)
	if err == nil {
		err = s.flush(ctx)
	}
	if err != nil {
		s.drop()
		return err
	}
	return s.finish()
}

// send makes messages at their time and writes them.
//
// hot: once per message.
func (s *sender) send(ctx context.Context) error {
	due := time.Now()
	for n := uint64(0); s.count == 0 || n < s.count; n++ {
		now := due
		if s.gap == 0 {
			if n%64 == 0 { // the clock is not asked for each
				due = time.Now()
			}
			now = due
		} else if ahead := time.Until(due); ahead > lead {
			if err := s.flush(ctx); err != nil {
				return err
			}
			if !pause(ctx, ahead) {
				return nil
			}
		}
		if n%64 == 0 && ctx.Err() != nil {
			return nil
		}
		var err error
		if s.buf, err = s.messages.append(s.buf, n, now); err != nil {
			return fmt.Errorf("make message %d: %w", n+1, err)
		}
		s.gathered++
		if s.test.Acknowledge {
			s.pending = append(s.pending, sentMessage{int64(len(s.buf)), due})
		}
		due = due.Add(s.gap)
		if len(s.buf) >= enough || s.test.Datagrams() || s.test.MessageInterval > 0 {
			if err := s.flush(ctx); err != nil {
				return err
			}
		}
		if s.test.MessageInterval > 0 && !pause(ctx, s.test.MessageInterval) {
			return nil
		}
	}
	return nil
}

// pause waits, and reports whether ctx lasted.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// flush writes what was gathered. What breaks a connection that is to be made
// anew is told and ends nothing; what was gathered is then written again.
func (s *sender) flush(ctx context.Context) error {
	for len(s.buf) > 0 && s.conn != nil {
		err := s.write(ctx)
		if err == nil {
			s.last = time.Now()
			s.sent.Add(s.gathered)
			s.bytes.Add(uint64(len(s.buf)))
			s.buf, s.pending, s.gathered = s.buf[:0], s.pending[:0], 0
			return nil
		}
		if ctx.Err() != nil {
			return nil
		}
		//lint:ignore ST1005 the wording is that of Heka 0.10
		err = fmt.Errorf("Error sending message: %w", err)
		if !s.test.ReconnectOnError {
			return err
		}
		s.log.Error(err.Error())
		if !s.reconnect(ctx) {
			return nil
		}
	}
	return nil
}

func (s *sender) write(ctx context.Context) error {
	if s.test.Acknowledge {
		s.unacked.add(s.conn.Sent(), s.pending)
	}
	conn := s.conn
	defer context.AfterFunc(ctx, func() { conn.SetWriteDeadline(time.Now().Add(s.test.Timeout)) })()
	_, err := conn.Write(s.buf)
	return err
}

// connect dials, and begins to read counts where the receiver tells them.
func (s *sender) connect(ctx context.Context) error {
	conn, err := client.Dial(ctx, &s.test.Options, s.log)
	if err == nil && s.test.Acknowledge {
		if err = conn.AskAcknowledgement(s.name); err != nil {
			conn.Close()
		}
	}
	if err != nil {
		//lint:ignore ST1005 the wording is that of Heka 0.10
		return fmt.Errorf("Error creating sender: %w", err)
	}
	s.conn = conn
	if s.test.Acknowledge {
		s.ended = make(chan error, 1)
		go s.follow(conn, s.ended)
	}
	return nil
}

// follow reads counts until the connection ends.
func (s *sender) follow(conn *client.Conn, ended chan<- error) {
	for {
		n, err := conn.NextCount(time.Time{})
		if err != nil {
			ended <- err
			close(ended)
			return
		}
		if s.unacked.counted(n, time.Now()) {
			select {
			case s.progress <- struct{}{}:
			default:
			}
		}
	}
}

// reconnect makes the connection anew, for as long as ctx lasts.
func (s *sender) reconnect(ctx context.Context) bool {
	s.drop()
	for pause(ctx, s.test.reconnectPause()) {
		s.log.Info("Attempting to reconnect...")
		err := s.connect(ctx)
		if err == nil {
			s.reconnects.Add(1)
			return true
		}
		s.log.Error(err.Error())
	}
	return false
}

// drop ends a broken connection. What was not acknowledged on it is not waited
// for any more.
func (s *sender) drop() {
	s.conn.Close()
	s.conn = nil
	if s.ended != nil {
		<-s.ended
	}
	s.unacked.forget()
}

// finish waits until the receiver has taken everything.
func (s *sender) finish() error {
	if s.conn == nil { // stopped while it was to be made anew
		return nil
	}
	if !s.test.Acknowledge {
		return s.conn.Finish()
	}
	err := s.allAcknowledged()
	s.conn.Close()
	<-s.ended
	return err
}

func (s *sender) allAcknowledged() error {
	patience := time.NewTimer(s.test.Timeout)
	defer patience.Stop()
	for s.unacked.left() > 0 {
		select {
		case <-s.progress:
			patience.Reset(s.test.Timeout)
		case err := <-s.ended:
			return fmt.Errorf("%d messages were not acknowledged: %w", s.unacked.left(), err)
		case <-patience.C:
			return fmt.Errorf("%d messages were not acknowledged within %v", s.unacked.left(), s.test.Timeout)
		}
	}
	return nil
}
