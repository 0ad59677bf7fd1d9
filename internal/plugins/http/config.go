package http

import (
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	_ "embed" // for configSource

	"github.com/hekad/heka/internal/interpolate"
	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// ListenConfig is the configuration of HttpListenInput, an HTTP server that takes
// request bodies of any method and path and cuts them into records; with
// NullSplitter a body is one record. A request is answered with 200 when its
// records were handed on, or, with acknowledge, when they are delivered.
//
// Messages have the Type heka.httpdata.request and the fields Protocol, UserAgent,
// ContentType, Path, Host and RemoteAddr, the chosen request_headers, and one field
// for each parameter of the query.
type ListenConfig struct {
	// Where to listen: host:port, or :port for all interfaces; fd:3 for a socket
	// inherited from the parent process.
	Address string `toml:"address"`
	// Headers to add to every answer: lists of values.
	Headers map[string][]string `toml:"headers"`
	// Headers of the request to copy into fields, which are named as they are
	// written here.
	RequestHeaders []string `toml:"request_headers"`
	// What a request must show: Basic asks for username and password, API for the
	// header X-API-Key with api_key. Anything else lets everybody in, and so does
	// a secret that is empty.
	AuthType string `toml:"auth_type"`
	// Name for auth_type Basic.
	Username string `toml:"username"`
	// Password for auth_type Basic.
	Password string `toml:"password" secret:"true"`
	// Key for auth_type API.
	APIKey string `toml:"api_key" secret:"true"`
	// Talk TLS. The tls section must then name a certificate and its key.
	UseTLS bool `toml:"use_tls"`
	// How to talk TLS.
	TLS netconf.TLSOptions `toml:"tls"`
	// Answer only when all messages of the request are delivered by their
	// consumers, stored on disk, or dropped for a counted reason; a client that
	// sends again what got no 200 loses nothing.
	Acknowledge bool `toml:"acknowledge"`
	// Time after which a request that is not delivered yet is answered with 503.
	AcknowledgeTimeout time.Duration `toml:"acknowledge_timeout" min:"1ms"`
	// Unpack bodies with the Content-Encoding gzip, deflate or zstd; otherwise
	// they are taken as they come.
	Decompress bool `toml:"decompress"`
	// Longest body, after unpacking; a longer one is answered with 413. Records in
	// front of that place are kept, unless the request announces its length. 0 is
	// no limit.
	MaxBodySize int64 `toml:"max_body_size" min:"0" unit:"bytes"`
	// Largest head of a request; a larger one is answered with 431.
	MaxHeaderSize int `toml:"max_header_size" min:"1024" max:"16777216" unit:"bytes"`
	// Time in which the head of a request, and 64 KiB of its body or the rest of
	// it, must come.
	ReadTimeout time.Duration `toml:"read_timeout" min:"1ms"`
	// Close a connection without a request after this long; 0 is never.
	IdleTimeout time.Duration `toml:"idle_timeout" min:"0"`
	// Most connections at a time; further ones are closed at once. 0 is no limit.
	MaxConnections int `toml:"max_connections" min:"0"`
}

// Check finds mistakes that span options.
func (c *ListenConfig) Check() error {
	var errs []error
	if !strings.HasPrefix(c.Address, "fd:") {
		if _, _, err := net.SplitHostPort(c.Address); err != nil {
			errs = append(errs, plugin.BadOption("address", "address is %q; it must be host:port", c.Address))
		}
	}
	if c.UseTLS {
		errs = append(errs, c.TLS.CheckServer(plugin.BadOption))
	}
	for name, values := range c.Headers {
		errs = append(errs, checkHeader("headers", name, values...))
	}
	return errors.Join(errs...)
}

// InputConfig is the configuration of HttpInput, which asks for URLs every
// ticker_interval and takes the bodies of the answers, whatever their status.
//
// Messages have the Type heka.httpinput.data, the URL as Logger, and the fields
// StatusCode, Status, ResponseSize, ResponseTime and Protocol. A request that
// fails becomes a message of the Type heka.httpinput.error with the reason as
// payload.
type InputConfig struct {
	// URL to ask for.
	URL string `toml:"url"`
	// URLs to ask for; url is then ignored.
	URLs []string `toml:"urls"`
	// Method of the requests.
	Method string `toml:"method"`
	// Headers of the requests. Without a User-Agent among them it is Heka.
	Headers plugin.Pairs `toml:"headers"`
	// Body of the requests.
	Body string `toml:"body"`
	// Name for basic authentication; empty is none.
	Username string `toml:"username" alias:"user"`
	// Password for basic authentication.
	Password string `toml:"password" secret:"true"`
	// Severity of messages from answers with status 200.
	SuccessSeverity int32 `toml:"success_severity"`
	// Severity of messages from answers with any other status, and of failures.
	ErrorSeverity int32 `toml:"error_severity"`
	// How to talk TLS with https URLs.
	TLS netconf.TLSOptions `toml:"tls"`
	// Longest time for a request with its answer. 0 is the ticker_interval, or
	// 30 s without one.
	Timeout time.Duration `toml:"timeout" min:"0"`
	// Longest body; a longer one is given up. 0 is no limit.
	MaxBodySize int64 `toml:"max_body_size" min:"0" unit:"bytes"`
	// Most requests at a time.
	Concurrency int `toml:"concurrency" min:"1" max:"256"`
}

// Check finds mistakes that span options.
func (c *InputConfig) Check() error {
	urls := c.urls()
	if len(urls) == 0 {
		return plugin.BadOption("url", "Url or Urls must contain at least one URL")
	}
	var errs []error
	for _, u := range urls {
		if err := absoluteURL(u); err != nil {
			option := "urls"
			if len(c.URLs) == 0 {
				option = "url"
			}
			errs = append(errs, plugin.BadOption(option, "%w", err))
		}
	}
	if !validToken(c.Method) {
		errs = append(errs, plugin.BadOption("method", "method is %q; it must be a word such as GET", c.Method))
	}
	for _, h := range c.Headers {
		errs = append(errs, checkHeader("headers", h.Key, h.Value))
	}
	return errors.Join(append(errs, c.TLS.CheckClient(plugin.BadOption))...)
}

func (c *InputConfig) urls() []string {
	if len(c.URLs) > 0 || c.URL == "" {
		return c.URLs
	}
	return []string{c.URL}
}

var errNotAbsolute = errors.New("it must be an absolute http or https URL")

// absoluteURL checks a URL without repeating it: it may hold a password.
func absoluteURL(text string) error {
	u, err := url.Parse(text)
	if err != nil {
		return errors.Unwrap(err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return errNotAbsolute
	}
	return nil
}

// checkHeader looks whether a header can be sent.
func checkHeader(option, name string, values ...string) error {
	if !validToken(name) {
		return plugin.BadOption(option, "%q is no name of a header", name)
	}
	for _, v := range values {
		if strings.ContainsAny(v, "\r\n\x00") {
			return plugin.BadOption(option, "header %s has a line break in its value", name)
		}
	}
	return nil
}

// validToken reports whether s is a token of HTTP, as methods and header names
// are.
func validToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return s != ""
}

// OutputConfig is the configuration of HttpOutput, which sends encoded messages as
// bodies of HTTP requests, one message or several in each.
//
// A status of 408, 425, 429 or 5xx, a redirect that would change the request, and
// a connection that fails lead to another attempt; any other status from 400 on
// means that the server does not want the message.
//
//	[hook]
//	type = "HttpOutput"
//	message_matcher = "Type == 'alert'"
//	address = "https://hooks.example.net/in/%{Hostname}"
//	encoder = "PayloadEncoder"
//
//	  [hook.headers]
//	  Content-Type = ["text/plain"]
type OutputConfig struct {
	// URL to send to, http or https. Behind the server it may contain %{Type},
	// %{Hostname}, %{Logger}, %{Severity}, %{field} and %{%Y-%m-%d}, for one message
	// in a request.
	Address string `toml:"address" required:"true"`
	// POST, PUT or GET, in any case. GET sends no body.
	Method string `toml:"method"`
	// Headers of the requests: lists of values.
	Headers map[string][]string `toml:"headers"`
	// Name for basic authentication.
	Username string `toml:"username"`
	// Password for basic authentication.
	Password string `toml:"password" secret:"true"`
	// Bearer token.
	BearerToken string `toml:"bearer_token" secret:"true"`
	// Longest time for a request with its answer; 0 is no limit.
	HTTPTimeout uint32 `toml:"http_timeout" unit:"ms"`
	// Longest time for connecting; 0 is no limit.
	ConnectTimeout uint32 `toml:"connect_timeout" unit:"ms"`
	// How to talk TLS with https.
	TLS netconf.TLSOptions `toml:"tls"`
	// Proxy, as a URL. Empty: as the environment says.
	Proxy string `toml:"proxy" secret:"true"`
	// Messages in a request.
	FlushCount int `toml:"flush_count" min:"1"`
	// Bytes in a request, before packing.
	FlushBytes int `toml:"flush_bytes" min:"1024" unit:"bytes"`
	// Longest time for which messages wait for a request to fill; 0 is no limit.
	FlushInterval uint32 `toml:"flush_interval" unit:"ms"`
	// Text between the messages of a request.
	Joiner string `toml:"joiner"`
	// Text in front of the messages of a request, such as [ for JSON.
	Prefix string `toml:"prefix"`
	// Text behind the messages of a request.
	Suffix string `toml:"suffix"`
	// Pack bodies.
	Gzip bool `toml:"gzip"`
}

// Check finds mistakes that span options.
func (c *OutputConfig) Check() error {
	var errs []error
	if _, _, err := c.target(); err != nil {
		errs = append(errs, err)
	}
	if !slices.Contains(methods, strings.ToUpper(c.Method)) {
		errs = append(errs, plugin.BadOption("method", "HTTP Method must be POST, GET, or PUT."))
	}
	if c.FlushCount > 1 && strings.EqualFold(c.Method, http.MethodGet) {
		errs = append(errs, plugin.BadOption("flush_count", "a GET request stands for one message"))
	}
	if c.BearerToken != "" && (c.Username != "" || c.Password != "") {
		errs = append(errs, plugin.BadOption("bearer_token", "only one of username with password and bearer_token can be used"))
	}
	for name, values := range c.Headers {
		errs = append(errs, checkHeader("headers", name, values...))
	}
	return errors.Join(append(errs, c.TLS.CheckClient(plugin.BadOption))...)
}

var methods = []string{http.MethodPost, http.MethodPut, http.MethodGet}

// target is the address: constant, or a template behind the server's name.
func (c *OutputConfig) target() (constant string, t *interpolate.Template, err error) {
	bad := func(format string, args ...any) (string, *interpolate.Template, error) {
		return "", nil, plugin.BadOption("address", format, args...)
	}
	fixed, rest, templated := strings.Cut(c.Address, "%{")
	u, err := url.Parse(fixed)
	if err != nil {
		return bad("Can't parse URL: %w", errors.Unwrap(err)) // the URL may hold a password
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return bad("`address` must contain an absolute http or https URL.")
	}
	if !templated {
		return c.Address, nil, nil
	}
	if u.Path == "" {
		return bad("%%{ may only stand behind the server, in the path or query")
	}
	if t, err = interpolate.New("%{" + rest); err != nil {
		return bad("%w", err)
	}
	if c.FlushCount > 1 {
		return bad("with %%{ in it, a request has one message, so flush_count must be 1")
	}
	t.Escape = url.QueryEscape
	if u.RawQuery == "" && !u.ForceQuery {
		t.Escape = url.PathEscape
	}
	return fixed, t, nil
}

// Plugins declares HttpListenInput, HttpInput and HttpOutput.
func Plugins() []plugin.Plugin {
	docs := plugin.Docs(configSource)
	return []plugin.Plugin{
		plugin.NewInput("HttpListenInput", ListenConfig{
			Address: "127.0.0.1:8325", AcknowledgeTimeout: 30 * time.Second, Decompress: true, MaxBodySize: 64 << 20,
			MaxHeaderSize: 64 << 10, ReadTimeout: 30 * time.Second, IdleTimeout: 5 * time.Minute,
		}, newListen, docs),
		plugin.NewInput("HttpInput", InputConfig{
			Method: http.MethodGet, SuccessSeverity: 6, ErrorSeverity: 1, MaxBodySize: 64 << 20, Concurrency: 8,
		}, newInput, docs, plugin.InputDefaults(func(o *plugin.InputOptions) { o.TickerInterval = 10 })),
		plugin.NewOutput("HttpOutput", OutputConfig{
			Method: http.MethodPost, HTTPTimeout: 30000, ConnectTimeout: 10000, FlushCount: 1, FlushBytes: 1 << 20, FlushInterval: 1000,
		}, newOutput, docs, plugin.NeedsEncoder),
	}
}
