package dashboard

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"crypto/tls"

	"github.com/hekad/heka/internal/httpguard"
	"github.com/hekad/heka/internal/netconf"
)

// Limits of the server.
const (
	headerTime = 10 * time.Second
	idleTime   = 2 * time.Minute
	maxHeader  = 16 << 10
	endTime    = time.Second
	// writeTime is how long a peer may take to accept an answer; the API's event
	// streams have a limit of their own for each event.
	writeTime      = time.Minute
	maxConnections = 1000
)

// policy lets pages load nothing from elsewhere, and run no script of their text.
const policy = "default-src 'self'; object-src 'none'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"

// server is a running HTTP server.
type server struct {
	http    *http.Server
	stop    context.CancelFunc // ends open streams
	stopped chan struct{}
}

// listen starts the server.
func (o *Output) listen(ctx context.Context) (*server, error) {
	handler, err := o.handler()
	if err != nil {
		return nil, err
	}
	l, err := netconf.Listen(ctx, "tcp", o.config.Address, netconf.KeepAlive(true, 0))
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", o.config.Address, err)
	}
	guard := httpguard.Guard{Token: o.config.Token, Username: o.config.Username, Password: o.config.Password}
	local := isLoopback(l.Addr().String())
	guard.Loopback = local && guard.Open()
	if !local && guard.Open() {
		o.env.Log.Warn(fmt.Sprintf("everybody who reaches %s sees reports; set username and password, or address = \"127.0.0.1:4352\"", l.Addr()))
	}
	var listener net.Listener = netconf.Limit(l, maxConnections, func(net.Addr) {
		o.env.Log.Warn(fmt.Sprintf("closed a new connection: %d are open", maxConnections))
	})
	if o.config.UseTLS {
		conf, err := o.config.TLS.ServerConfig(o.env.Log)
		if err != nil {
			return nil, errors.Join(err, l.Close())
		}
		listener = tls.NewListener(listener, conf)
	}
	base, stop := context.WithCancel(context.Background())
	s := &server{stop: stop, stopped: make(chan struct{})}
	s.http = &http.Server{Handler: o.headers(guard.Wrap(handler)), ReadHeaderTimeout: headerTime, ReadTimeout: headerTime, WriteTimeout: writeTime,
		IdleTimeout: idleTime, MaxHeaderBytes: maxHeader, BaseContext: func(net.Listener) context.Context { return base },
		ErrorLog: slog.NewLogLogger(o.env.Log.Handler(), slog.LevelDebug)}
	go func() {
		defer close(s.stopped)
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			o.env.Log.Error(err.Error())
		}
	}()
	o.env.Log.Info("the dashboard is on " + l.Addr().String())
	return s, nil
}

func (s *server) close() error {
	s.stop()
	ctx, cancel := context.WithTimeout(context.Background(), endTime)
	defer cancel()
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = s.http.Close()
	}
	<-s.stopped
	return err
}

func isLoopback(addr string) bool {
	at, err := netip.ParseAddrPort(addr)
	return err == nil && at.Addr().Unmap().IsLoopback()
}

// headers puts the user's headers over heka's own.
func (o *Output) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", policy)
		h.Set("Referrer-Policy", "no-referrer")
		for name, values := range o.config.Headers {
			h.Del(name)
			for _, v := range values {
				h.Add(name, v)
			}
		}
		next.ServeHTTP(w, r)
	})
}

// handler routes requests to files, pages and the API.
func (o *Output) handler() (http.Handler, error) {
	pages, err := o.pages()
	if err != nil {
		return nil, fmt.Errorf("static_directory: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/data/", o.serveData)
	if o.env.Admin != nil {
		for _, p := range []string{"/api/v1/", "/healthz", "/readyz", "/metrics"} {
			mux.Handle(p, o.api())
		}
	}
	if pages == nil {
		mux.HandleFunc("/", o.servePlain)
	} else {
		mux.Handle("/", filesOnly(pages))
	}
	return mux, nil
}

// api is heka's admin API as far as the asker may see and change it.
func (o *Output) api() http.Handler {
	guard := httpguard.Guard{Token: o.config.Token, Username: o.config.Username, Password: o.config.Password}
	api := o.env.Admin
	if o.config.Control && !guard.Open() {
		api = httpguard.WithControl(api, o.asker)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case showsMessages(r.URL.Path) && !o.config.LiveTail:
			httpguard.Refuse(w, http.StatusForbidden, "set live_tail = true in the section of this DashboardOutput to watch messages")
		case private(r.URL.Path) && guard.Open() && !(isLoopback(r.RemoteAddr) && httpguard.LoopbackHost(r.Host)):
			httpguard.Refuse(w, http.StatusForbidden, "set username and password in the section of this DashboardOutput to see this from other machines")
		default:
			api.ServeHTTP(w, r)
		}
	})
}

// asker says who sent a request, for the log. The guard has checked the password.
func (o *Output) asker(r *http.Request) string {
	who := r.RemoteAddr + " at " + o.env.Name
	if name, _, ok := r.BasicAuth(); ok && name != "" {
		who = strconv.Quote(name) + " from " + who
	}
	return who
}

// showsMessages reports whether a resource shows messages that pass.
func showsMessages(path string) bool {
	return path == "/api/v1/tap" || path == "/api/v1/recent"
}

// private reports whether a resource may hold secrets.
func private(path string) bool {
	return showsMessages(path) || path == "/api/v1/config" || path == "/api/v1/sandboxes" || strings.HasPrefix(path, "/api/v1/sandboxes/")
}

// serveData serves the files below /data/: no directories, nothing hidden.
func (o *Output) serveData(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/data/")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		httpguard.Refuse(w, http.StatusMethodNotAllowed, "only GET and HEAD")
		return
	}
	if name == "" || strings.HasPrefix(name, ".") || strings.ContainsAny(name, `/\`) {
		http.NotFound(w, r)
		return
	}
	f, err := os.Open(o.data(name))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		http.NotFound(w, r)
		return
	}
	switch path.Ext(name) {
	case ".json":
		w.Header().Set("Content-Type", "application/json")
	case ".tsv":
		w.Header().Set("Content-Type", "text/tab-separated-values")
	default:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	}
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "no-cache")
	}
	http.ServeContent(w, r, "", info.ModTime(), f)
}

// filesOnly serves files, and index.html for the root, but lists no directories.
func filesOnly(files fs.FS) http.Handler {
	serve := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		if name == "" {
			name = "index.html"
		}
		info, err := fs.Stat(files, name)
		if err != nil || info.IsDir() {
			http.NotFound(w, r)
			return
		}
		serve.ServeHTTP(w, r)
	})
}
