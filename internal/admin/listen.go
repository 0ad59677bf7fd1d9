package admin

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hekad/heka/internal/httpguard"
	"github.com/hekad/heka/internal/netconf"
)

// Endpoint says where the API is served.
type Endpoint struct {
	// Address is "unix:PATH", "HOST:PORT", or "off".
	Address string
	// BaseDir is what a relative PATH is relative to.
	BaseDir string
	// Token is asked for on HOST:PORT; on a socket file its permissions do.
	Token string
	// CertFile and KeyFile are in PEM; both or none.
	CertFile, KeyFile string
}

const (
	unixPrefix = "unix:"
	off        = "off"
	// maxUnixPath is what a socket's address holds on all systems, bytes.
	maxUnixPath = 103
)

// Check finds what is wrong with an endpoint without opening it.
func (e Endpoint) Check() error {
	if _, ok := e.unixPath(); ok || e.Address == off {
		return nil
	}
	host, _, err := net.SplitHostPort(e.Address)
	if err != nil {
		return fmt.Errorf("%q is neither unix:PATH nor HOST:PORT nor off", e.Address)
	}
	if (e.CertFile == "") != (e.KeyFile == "") {
		return errors.New("admin_cert_file and admin_key_file need each other")
	}
	if !loopback(host) && (e.Token == "" || e.CertFile == "") {
		return fmt.Errorf("%s is open to others, so admin_token, admin_cert_file and admin_key_file are needed; or use 127.0.0.1", e.Address)
	}
	return nil
}

func (e Endpoint) unixPath() (string, bool) {
	path, ok := strings.CutPrefix(e.Address, unixPrefix)
	if ok && !filepath.IsAbs(path) {
		path = filepath.Join(e.BaseDir, path)
	}
	return path, ok
}

// ClientAddress is the address for NewClient; "" when the API is off.
func (e Endpoint) ClientAddress() string {
	if path, ok := e.unixPath(); ok {
		return unixPrefix + path
	}
	switch {
	case e.Address == off:
		return ""
	case e.CertFile != "":
		return "https://" + e.Address
	}
	return e.Address
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// Listen opens the endpoint; it returns nil, nil for "off".
func (e Endpoint) Listen(ctx context.Context) (net.Listener, error) {
	if err := e.Check(); err != nil || e.Address == off {
		return nil, err
	}
	none := netconf.KeepAlive(true, 0)
	if path, ok := e.unixPath(); ok {
		if len(path) > maxUnixPath {
			return nil, fmt.Errorf("the path %s is longer than the %d bytes that a socket's may have; set admin in [hekad]", path, maxUnixPath)
		}
		l, err := netconf.Listen(ctx, "unix", path, none)
		if err != nil {
			return nil, err
		}
		if err := os.Chmod(path, 0o600); err != nil {
			return nil, errors.Join(err, l.Close())
		}
		return few(l), nil
	}
	l, err := netconf.Listen(ctx, "tcp", e.Address, none)
	if err != nil {
		return nil, err
	}
	if e.CertFile == "" {
		return few(l), nil
	}
	pair, err := tls.LoadX509KeyPair(e.CertFile, e.KeyFile)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return tls.NewListener(few(l), &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}), nil
}

// few bounds the connections.
func few(l netconf.StreamListener) net.Listener {
	return netconf.Limit(l, maxConnections, func(net.Addr) {})
}

// Limits of the HTTP server.
const (
	headerTime = 5 * time.Second
	readTime   = 30 * time.Second
	idleTime   = 2 * time.Minute
	maxHeader  = 16 << 10
	endTime    = time.Second
	// writeTime is how long a peer may take to accept an answer. Event streams have
	// writeLimit for each event instead.
	writeTime = time.Minute
	// maxConnections leaves room beyond maxStreams and the taps that there may be.
	maxConnections = 1000
)

// Serve answers on the listener until ctx is done, then closes it.
func (s *Server) Serve(ctx context.Context, l net.Listener, e Endpoint) error {
	guard := httpguard.Guard{Token: e.Token}
	_, file := e.unixPath()
	if file {
		guard.Token = "" // whoever may open the file is known
	} else {
		guard.Loopback = e.CertFile == ""
	}
	var handler http.Handler = s
	if file || e.Token != "" {
		handler = httpguard.WithControl(s, asker)
	}
	srv := &http.Server{Handler: guard.Wrap(handler), ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime,
		IdleTimeout: idleTime, MaxHeaderBytes: maxHeader, ConnContext: withPeer,
		ErrorLog: log.New(io.Discard, "", 0)} // of mistakes that peers make
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		s.Close()
		end, cancel := context.WithTimeout(context.Background(), endTime)
		defer cancel()
		if srv.Shutdown(end) != nil {
			srv.Close()
		}
	})
	err := srv.Serve(l)
	if stop() { // it ended by itself
		return err
	}
	<-done
	return nil
}

// Close ends all open streams and taps.
func (s *Server) Close() { s.closeOnce.Do(func() { close(s.closing) }) }
