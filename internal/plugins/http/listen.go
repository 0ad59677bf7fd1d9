package http

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

const (
	// lastRequests is how long requests that are under way may take when the
	// input ends.
	lastRequests = 3 * time.Second
	// lastCall is how long an input that runs once waits for a further
	// connection after the last one has closed.
	lastCall = 200 * time.Millisecond
	// answerTimeout bounds the writing of an answer.
	answerTimeout = 30 * time.Second
)

// Listen is the HttpListenInput plugin.
type Listen struct {
	config  *ListenConfig
	env     *plugin.Env
	tls     *tls.Config // nil without TLS
	ln      netconf.StreamListener
	headers http.Header // of every answer
	secret  []byte      // digest of what a request must show; nil: nothing
	lanes   lanes
	once    *onceWatch // nil unless the input runs once
	silent  sync.Map   // connections that have not said anything

	requests, refused, rejected, failed, bytes atomic.Int64
	connections                                atomic.Int64
}

func newListen(c *ListenConfig, env *plugin.Env) (plugin.Input, error) {
	in := &Listen{config: c, env: env, headers: http.Header{}}
	for name, values := range c.Headers {
		for _, v := range values {
			in.headers.Add(name, v)
		}
	}
	switch {
	case c.AuthType == "Basic" && c.Username != "" && c.Password != "":
		in.secret = digest(c.Username, c.Password)
	case c.AuthType == "API" && c.APIKey != "":
		in.secret = digest(c.APIKey)
	case c.AuthType != "":
		env.Log.Warn(fmt.Sprintf("auth_type %q lets everybody in: it must be Basic, with username and password, or API, with api_key", c.AuthType))
	}
	if c.UseTLS {
		var err error
		if in.tls, err = c.TLS.ServerConfig(env.Log); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// digest makes secrets of any length comparable in constant time.
func digest(parts ...string) []byte {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return h.Sum(nil)
}

// Prepare opens the listening socket.
func (in *Listen) Prepare(ctx context.Context) error {
	ln, err := netconf.Listen(ctx, "tcp", in.config.Address, netconf.KeepAlive(true, 0))
	if err != nil {
		return fmt.Errorf("Listener [%s] start fail: %w", in.config.Address, err)
	}
	in.ln = netconf.Limit(ln, in.config.MaxConnections, func(net.Addr) {
		in.rejected.Add(1)
		in.env.Log.Warn(fmt.Sprintf("closed a new connection: max_connections (%d) are open", in.config.MaxConnections))
	})
	return nil
}

// Run serves requests until ctx is done.
func (in *Listen) Run(ctx context.Context, feed plugin.Feed) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	in.lanes = lanes{feed: feed, wait: in.config.Acknowledge}
	defer in.lanes.close()
	if feed.Once() {
		in.once = &onceWatch{end: cancel}
	}
	server := &http.Server{
		Handler: http.HandlerFunc(in.serve), TLSConfig: in.tls, ConnState: in.connection,
		MaxHeaderBytes: in.config.MaxHeaderSize, ReadHeaderTimeout: in.config.ReadTimeout,
		ReadTimeout: in.config.ReadTimeout, IdleTimeout: in.config.IdleTimeout,
		WriteTimeout: answerTimeout, DisableGeneralOptionsHandler: true,
		ErrorLog: slog.NewLogLogger(in.env.Log.Handler(), slog.LevelWarn),
	}
	server.RegisterOnShutdown(in.closeSilent)
	if in.config.IdleTimeout == 0 {
		server.IdleTimeout = -1 // 0 would mean ReadTimeout
	}
	ended := make(chan struct{})
	defer func() { cancel(); <-ended }()
	go func() {
		defer close(ended)
		<-ctx.Done()
		in.end(server)
	}()
	var err error
	if in.tls != nil {
		err = server.ServeTLS(in.ln, "", "")
	} else {
		err = server.Serve(in.ln)
	}
	if ctx.Err() != nil || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("accepting connections on %s: %w", in.ln.Addr(), err)
}

// end stops the server. Requests that are under way get a little time.
func (in *Listen) end(server *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), lastRequests)
	defer cancel()
	if server.Shutdown(ctx) == nil {
		return
	}
	in.env.Log.Warn("cutting off requests that do not end")
	server.Close()
}

// connection follows the life of connections.
func (in *Listen) connection(conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		in.connections.Add(1)
		in.silent.Store(conn, nil)
	case http.StateClosed, http.StateHijacked:
		in.silent.Delete(conn)
		if in.connections.Add(-1) > 0 {
			return
		}
	case http.StateActive:
		in.silent.Delete(conn)
		return
	default:
		return
	}
	if in.once != nil {
		in.once.changed(state == http.StateNew, in.requests.Load() > 0)
	}
}

// closeSilent closes connections that have not said anything, which the end would
// wait for.
func (in *Listen) closeSilent() {
	in.silent.Range(func(conn, _ any) bool {
		conn.(net.Conn).Close()
		return true
	})
}

// onceWatch ends an input that runs once when the last connection has been closed
// for a while.
type onceWatch struct {
	end context.CancelFunc

	mu    sync.Mutex // guards timer
	timer *time.Timer
}

// changed is told that a connection came, or that the last one went. served says
// that there was a request.
func (o *onceWatch) changed(came, served bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.timer != nil {
		o.timer.Stop()
	}
	if !came && served {
		o.timer = time.AfterFunc(lastCall, o.end)
	}
}

// Report implements plugin.Reporter.
func (in *Listen) Report(r *plugin.Report) {
	r.Add("Connections", in.connections.Load(), "count")
	r.Add("RejectedConnections", in.rejected.Load(), "count")
	r.Add("Requests", in.requests.Load(), "count")
	r.Add("RefusedRequests", in.refused.Load(), "count")
	r.Add("FailedRequests", in.failed.Load(), "count")
	r.Add("BodyBytes", in.bytes.Load(), "B")
}
