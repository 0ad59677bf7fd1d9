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
		conn.Close()
		in.rejected.Add(1)
		in.env.Log.Warn(fmt.Sprintf("closed a new connection: max_connections (%d) are open", limit))
		return
	}
	in.active.Add(1)
	if feed.Once() {
		in.acceptUntil(ctx, time.Time{})
	}
	in.wg.Go(func() {
		c := newConn(ctx, conn, in.config.IdleTimeout)
		in.serve(ctx, feed, c)
		c.Close()
		if in.active.Add(-1) == 0 && feed.Once() && in.served.Load() > 0 {
			in.acceptUntil(ctx, time.Now().Add(lastCall))
		}
	})
}

// serve is the life of a connection.
func (in *Input) serve(ctx context.Context, feed plugin.Feed, conn net.Conn) {
	peer := conn.RemoteAddr().String()
	if in.tls != nil {
		secure := tls.Server(conn, in.tls)
		limited, cancel := context.WithTimeout(ctx, handshakeTimeout)
		err := secure.HandshakeContext(limited)
		cancel()
		if err != nil {
			in.env.Log.Warn("TLS handshake with "+peer, "error", err)
			return
		}
		defer secure.Close()
		conn = secure
	}
	typ, hostname, token := in.env.Name, peer, ""
	if strings.HasPrefix(conn.RemoteAddr().Network(), "unix") {
		hostname, peer = in.env.Hostname, "a local process"
	} else if host, _, err := net.SplitHostPort(peer); err == nil {
		token = host
	}
	stream, err := feed.Open(plugin.StreamOptions{Token: token, Decorate: func(p *plugin.Pack) {
		p.Message.SetType(typ)
		p.Message.SetHostname(hostname)
	}})
	if err != nil {
		in.env.Log.Error("connection from "+peer+" cannot be served", "error", err)
		return
	}
	defer stream.Close()
	in.served.Add(1)
	switch err := stream.Split(conn); {
	case err == nil || ctx.Err() != nil:
	case errors.Is(err, errIdle):
		in.env.Log.Info("closing the idle connection from " + peer)
	default:
		in.env.Log.Warn("reading from "+peer, "error", err)
	}
}

// Report implements plugin.Reporter.
func (in *Input) Report(r *plugin.Report) {
	r.Add("Connections", in.active.Load(), "count")
	r.Add("ServedConnections", in.served.Load(), "count")
	r.Add("RejectedConnections", in.rejected.Load(), "count")
}
