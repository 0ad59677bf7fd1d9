package netconf

import (
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// HTTPClient says how to talk to HTTP servers.
type HTTPClient struct {
	// ConnectTimeout bounds finding, connecting and the TLS handshake; Timeout
	// bounds a whole request with its answer. 0 is no bound.
	ConnectTimeout, Timeout time.Duration
	// TLS is for https; nil are the defaults.
	TLS *tls.Config
	// Proxy is the URL of a proxy. Empty: as the environment says.
	Proxy string
	// Fresh opens a new connection for each request.
	Fresh bool
	// Redirects is how many redirects are followed; with 0 the redirect itself is
	// the answer. Posting: only those to the same host are followed that repeat
	// the request as it was.
	Redirects int
	Posting   bool
	// Connections is how many idle connections to one server are kept; 0 is 2.
	Connections int
}

// maxAnswerHeaders bounds the headers that a server may send.
const maxAnswerHeaders = 256 << 10

// New makes the client. Close its idle connections at the end.
func (h *HTTPClient) New() (*http.Client, error) {
	proxy := http.ProxyFromEnvironment
	if h.Proxy != "" {
		u, err := url.Parse(h.Proxy)
		if err != nil || u.Host == "" {
			return nil, errors.New("proxy must be an absolute URL")
		}
		proxy = http.ProxyURL(u)
	}
	dialer := Dialer{Timeout: h.ConnectTimeout, KeepAlive: KeepAlive(true, 0)}
	t := &http.Transport{
		Proxy: proxy, DialContext: dialer.DialContext, TLSClientConfig: h.TLS, TLSHandshakeTimeout: h.ConnectTimeout,
		DisableKeepAlives: h.Fresh, MaxIdleConnsPerHost: h.Connections, IdleConnTimeout: 90 * time.Second,
		MaxResponseHeaderBytes: maxAnswerHeaders, ExpectContinueTimeout: time.Second, DisableCompression: true,
		WriteBufferSize: 64 << 10, ForceAttemptHTTP2: true,
	}
	limit, posting := h.Redirects, h.Posting
	return &http.Client{Transport: t, Timeout: h.Timeout, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		switch {
		case limit == 0:
			return http.ErrUseLastResponse
		case posting && (next.Method != via[0].Method || next.URL.Host != via[0].URL.Host || next.URL.Scheme != via[0].URL.Scheme):
			return http.ErrUseLastResponse
		case len(via) > limit:
			return errors.New("too many redirects")
		}
		return nil
	}}, nil
}
