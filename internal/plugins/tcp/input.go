package tcp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

const (
	// handshakeTimeout bounds how long a client may take to begin talking TLS.
	handshakeTimeout = 30 * time.Second
	// lastCall is how long an input that runs once waits for a further
	// connection after the last one has closed, so that a client in the
	// listener's queue is not turned away.
	lastCall = 200 * time.Millisecond
	// Accepting that fails, for want of descriptors for example, is tried again
	// after a pause that doubles.
	firstAcceptPause, lastAcceptPause = 5 * time.Millisecond, time.Second
	// acceptAttempts failures in a row end the input; its retries apply then.
	acceptAttempts = 20
)

// Input is the TcpInput plugin.
type Input struct {
	config *InputConfig
	env    *plugin.Env
	tls    *tls.Config // nil without TLS
	ln     netconf.StreamListener

	wg               sync.WaitGroup // one for each connection
	active           atomic.Int64
	served, rejected atomic.Int64

	origins origins
	repeats atomic.Uint64
}

func newInput(c *InputConfig, env *plugin.Env) (plugin.Input, error) {
	in := &Input{config: c, env: env}
	if c.UseTLS {
		var err error
		if in.tls, err = c.TLS.ServerConfig(env.Log); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// Prepare opens the listening socket.
func (in *Input) Prepare(ctx context.Context) error {
	alive := netconf.KeepAlive(in.config.KeepAlive, time.Duration(in.config.KeepAlivePeriod)*time.Second)
	var err error
	in.ln, err = netconf.Listen(ctx, in.config.Net, in.config.Address, alive)
	return err
}

// Run serves connections until ctx is done.
func (in *Input) Run(ctx context.Context, feed plugin.Feed) error {
	defer in.ln.Close()
	inner, cancel := context.WithCancel(ctx)
	defer in.wg.Wait()
	defer cancel()
	defer context.AfterFunc(inner, func() { in.ln.SetDeadline(past) })()
	return in.accept(inner, feed)
}

// accept starts connections. It returns nil when ctx is done, or, for an input
// that runs once, when the last connection has closed.
func (in *Input) accept(ctx context.Context, feed plugin.Feed) error {
	pause, failures := firstAcceptPause, 0
	for {
		conn, err := in.ln.Accept()
		switch {
		case err == nil:
			pause, failures = firstAcceptPause, 0
			in.welcome(ctx, feed, conn)
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, os.ErrDeadlineExceeded):
			if in.active.Load() == 0 {
				return nil
			}
			in.acceptUntil(ctx, time.Time{})
		case errors.Is(err, net.ErrClosed) || failures == acceptAttempts:
			return fmt.Errorf("accepting connections on %s: %w", in.ln.Addr(), err)
		default:
			failures++
			in.env.Log.Error("TCP accept failed: " + err.Error())
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				return nil
			}
			pause = min(2*pause, lastAcceptPause)
		}
	}
}

// acceptUntil sets the time at which Accept gives up; the zero time is never. A
// context that is done wins.
func (in *Input) acceptUntil(ctx context.Context, t time.Time) {
	in.ln.SetDeadline(t)
	if ctx.Err() != nil {
		in.ln.SetDeadline(past)
	}
}

// welcome starts the goroutine of a connection, or turns it away.
func (in *Input) welcome(ctx context.Context, feed plugin.Feed, conn net.Conn) {
	if limit := in.config.MaxConnections; limit > 0 && in.active.Load() >= int64(limit) {
		in.rejected.Add(1)
		conn.Close()
		in.env.Log.Warn(fmt.Sprintf("closed a new connection: max_connections (%d) are open", limit))
		return
	}
	in.active.Add(1)
	if feed.Once() {
		in.acceptUntil(ctx, time.Time{})
	}
	c := newConn(ctx, conn, in.config.IdleTimeout)
	in.wg.Go(func() {
		if in.tls == nil {
			in.live(ctx, feed, c, c)
			return
		}
		secure, err := in.handshake(ctx, c)
		if err != nil {
			in.env.Log.Warn("TLS handshake with "+conn.RemoteAddr().String(), "error", err)
			in.leave(ctx, feed, c)
			return
		}
		// A handshake takes much stack, which ends with this goroutine.
		in.wg.Go(func() {
			in.live(ctx, feed, secure, c)
		})
	})
}

// handshake makes a connection secure.
func (in *Input) handshake(ctx context.Context, c *conn) (*secureConn, error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	secure := &secureConn{Conn: tls.Server(c, in.tls)}
	return secure, secure.HandshakeContext(ctx)
}

// live is the life of a connection, which may be secure, above c.
func (in *Input) live(ctx context.Context, feed plugin.Feed, conn net.Conn, c *conn) {
	in.serve(ctx, feed, conn)
	conn.Close()
	in.leave(ctx, feed, c)
}

// leave is the end of a connection.
func (in *Input) leave(ctx context.Context, feed plugin.Feed, c *conn) {
	c.Close()
	if in.active.Add(-1) == 0 && feed.Once() && in.served.Load() > 0 {
		in.acceptUntil(ctx, time.Now().Add(lastCall))
	}
}

// serve reads a connection to its end.
func (in *Input) serve(ctx context.Context, feed plugin.Feed, conn net.Conn) {
	peer := conn.RemoteAddr().String()
	typ, hostname, token := in.env.Name, peer, ""
	if strings.HasPrefix(conn.RemoteAddr().Network(), "unix") {
		hostname, peer = in.env.Hostname, "a local process"
	} else if host, _, err := net.SplitHostPort(peer); err == nil {
		token = host
	}
	var asked atomic.Pointer[link]
	options := plugin.StreamOptions{Token: token, Decorate: func(p *plugin.Pack) {
		p.Message.SetType(typ)
		p.Message.SetHostname(hostname)
	}}
	// What does not fit a read of a packet is lost, so nothing looks at packets
	// beforehand.
	mayAsk := in.config.Acknowledge && conn.LocalAddr().Network() != "unixpacket"
	if mayAsk {
		options.Delivered = func(n int64) {
			if l := asked.Load(); l != nil {
				l.deliver(n)
			}
		}
	}
	stream, err := feed.Open(options)
	if err != nil {
		in.env.Log.Error("connection from "+peer+" cannot be served", "error", err)
		return
	}
	in.served.Add(1)
	if mayAsk {
		err = in.listen(conn, stream, token, &asked)
	} else {
		err = stream.Split(conn)
		stream.Close()
	}
	switch {
	case err == nil || ctx.Err() != nil:
	case errors.Is(err, errIdle):
		in.env.Log.Info("closing the idle connection from " + peer)
	default:
		in.env.Log.Warn("reading from "+peer, "error", err)
	}
}

// listen reads a connection to its end and closes the stream. If the sender asks
// for acknowledgement it gets it, and asked is set.
func (in *Input) listen(conn net.Conn, stream plugin.Stream, host string, asked *atomic.Pointer[link]) error {
	name, ok, first, err := listenForQuestion(conn)
	r := &after{conn, first, err}
	if !ok {
		defer stream.Close()
		return stream.Split(r)
	}
	l := in.origins.open(host + " " + name)
	asked.Store(l)
	defer func() { in.repeats.Add(in.origins.close(l)) }()
	a, err := answer(l, conn)
	if err != nil {
		stream.Close()
		return err
	}
	err = stream.Split(newSieve(r, l, in.env.MaxMessageSize))
	stream.Close()
	a.finish()
	if errors.Is(err, syscall.ECONNRESET) {
		// The sender left without reading the last counts. What it does not know
		// to be delivered it sends again.
		return nil
	}
	return err
}

// Report implements plugin.Reporter.
func (in *Input) Report(r *plugin.Report) {
	r.Add("Connections", in.active.Load(), "count")
	r.Add("ServedConnections", in.served.Load(), "count")
	r.Add("RejectedConnections", in.rejected.Load(), "count")
	r.Add("RepeatedMessages", in.repeats.Load(), "count")
}
