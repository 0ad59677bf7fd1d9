package loki

import (
	"errors"
	"net/url"
	"regexp"
	"time"

	_ "embed" // for configSource

	"github.com/hekad/heka/internal/interpolate"
	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// OutputConfig is the configuration of LokiOutput, which pushes encoded messages to
// Grafana Loki, each as one line with the time of the message.
//
// What Loki has no room for now is sent again; what it refuses is dropped, or
// becomes a dead letter.
//
//	[loki]
//	type = "LokiOutput"
//	message_matcher = "Type == 'logfile'"
//	url = "http://127.0.0.1:3100"
//	encoder = "PayloadEncoder"
//
//	  [loki.labels]
//	  job = "heka"
//	  host = "%{Hostname}"
type OutputConfig struct {
	// Server: http://host:port or https://host:port, with a path as prefix if need
	// be.
	URL string `toml:"url"`
	// Labels of the stream that a message belongs to: %{Type}, %{Hostname},
	// %{Logger}, %{Severity}, %{field} are filled in. A label of which nothing can be
	// filled in is left out. Few values make few streams, which Loki wants. Empty is
	// job = "heka".
	Labels plugin.Pairs `toml:"labels"`
	// Structured metadata of a line, filled in like labels. It may have many values.
	Metadata plugin.Pairs `toml:"metadata"`
	// Tenant, sent as X-Scope-OrgID.
	Tenant string `toml:"tenant"`
	// Name for basic authentication.
	Username string `toml:"username"`
	// Password for basic authentication.
	Password string `toml:"password" secret:"true"`
	// Bearer token.
	BearerToken string `toml:"bearer_token" secret:"true"`
	// Messages in a request.
	FlushCount int `toml:"flush_count" min:"1"`
	// Bytes in a request, before packing.
	FlushBytes int `toml:"flush_bytes" min:"1024" unit:"bytes"`
	// Longest time for which messages wait for a request to fill; 0 is no limit.
	FlushInterval uint32 `toml:"flush_interval" unit:"ms"`
	// Longest time for a request with its answer; 0 is no limit.
	HTTPTimeout uint32 `toml:"http_timeout" unit:"ms"`
	// Longest time for connecting; 0 is no limit.
	ConnectTimeout uint32 `toml:"connect_timeout" unit:"ms"`
	// Pack requests.
	Gzip bool `toml:"gzip"`
	// Proxy, as a URL. Empty: as the environment says.
	Proxy string `toml:"proxy" secret:"true"`
	// How to talk TLS with https.
	TLS netconf.TLSOptions `toml:"tls"`
}

// labelName is the form of labels that Loki takes.
var labelName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// Check finds mistakes that span options.
func (c *OutputConfig) Check() error {
	var errs []error
	u, err := url.Parse(c.URL)
	switch {
	case err != nil:
		errs = append(errs, plugin.BadOption("url", "%w", errors.Unwrap(err))) // without the URL, which may hold a password
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		errs = append(errs, plugin.BadOption("url", "url must be an absolute http or https URL"))
	}
	for option, pairs := range map[string]plugin.Pairs{"labels": c.Labels, "metadata": c.Metadata} {
		for _, p := range pairs {
			if !labelName.MatchString(p.Key) {
				errs = append(errs, plugin.BadOption(option, "%q is no name of a label: it may have letters, digits and _", p.Key))
			}
			if _, err := interpolate.New(p.Value); err != nil {
				errs = append(errs, plugin.BadOption(option, "%s: %w", p.Key, err))
			}
		}
	}
	if c.BearerToken != "" && (c.Username != "" || c.Password != "") {
		errs = append(errs, plugin.BadOption("bearer_token", "only one of username with password and bearer_token can be used"))
	}
	return errors.Join(append(errs, c.TLS.CheckClient(plugin.BadOption))...)
}

func milliseconds(n uint32) time.Duration { return time.Duration(n) * time.Millisecond }

// Plugins declares LokiOutput.
func Plugins() []plugin.Plugin {
	return []plugin.Plugin{
		plugin.NewOutput("LokiOutput", OutputConfig{
			URL: "http://127.0.0.1:3100", FlushCount: 1000, FlushBytes: 1 << 20,
			FlushInterval: 1000, HTTPTimeout: 30000, ConnectTimeout: 5000, Gzip: true,
		}, newOutput, plugin.Docs(configSource), plugin.NoTicker, plugin.NeedsEncoder,
			plugin.ConsumerDefaults(func(o *plugin.ConsumerOptions) { o.Encoder = "PayloadEncoder" })),
	}
}
