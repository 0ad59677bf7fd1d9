package elasticsearch

import (
	"errors"
	"net/url"
	"strings"
	"time"

	_ "embed" // for configSource

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// OutputConfig is the configuration of ElasticSearchOutput, which sends messages
// to the bulk API of Elasticsearch or OpenSearch. The encoder must make complete
// entries, as ESJsonEncoder and ESLogstashV0Encoder do.
//
// The answer is read entry by entry. What the server has no room for now is sent
// again; what it refuses is dropped, or becomes a dead letter.
//
//	[search]
//	type = "ElasticSearchOutput"
//	message_matcher = "Type == 'nginx.access'"
//	server = "https://search.example.net:9200"
//	api_key = "%ENV[SEARCH_KEY]"
//	encoder = "ESJsonEncoder"
//	flush_count = 2000
//	gzip = true
type OutputConfig struct {
	// Servers, separated by commas: http://host:port or https://host:port, with a
	// path as prefix if need be, or one udp://host:port for bulk over UDP. When one
	// fails the next takes over.
	Server string `toml:"server"`
	// Longest time for which messages wait for a request to fill; 0 is no limit.
	FlushInterval uint32 `toml:"flush_interval" unit:"ms"`
	// Messages in a request. Much traffic wants a thousand and more.
	FlushCount int `toml:"flush_count" min:"1"`
	// Bytes in a request, before packing.
	FlushBytes int `toml:"flush_bytes" min:"1024" unit:"bytes"`
	// Name for basic authentication.
	Username string `toml:"username"`
	// Password for basic authentication.
	Password string `toml:"password" secret:"true"`
	// API key, in the form in which the server gave it.
	APIKey string `toml:"api_key" secret:"true"`
	// Bearer token.
	BearerToken string `toml:"bearer_token" secret:"true"`
	// Longest time for a request with its answer; 0 is no limit.
	HTTPTimeout uint32 `toml:"http_timeout" unit:"ms"`
	// Longest time for connecting; 0 is no limit.
	ConnectTimeout uint32 `toml:"connect_timeout" unit:"ms"`
	// Open a new connection for each request.
	HTTPDisableKeepalives bool `toml:"http_disable_keepalives"`
	// Pack requests.
	Gzip bool `toml:"gzip"`
	// Proxy for http and https, as a URL. Empty: as the environment says.
	Proxy string `toml:"proxy" secret:"true"`
	// How to talk TLS with https.
	TLS netconf.TLSOptions `toml:"tls"`
}

// Check finds mistakes that span options.
func (c *OutputConfig) Check() error {
	var errs []error
	servers, err := c.servers()
	if err != nil {
		errs = append(errs, plugin.BadOption("server", "%w", err))
	}
	if len(servers) > 1 && servers[0].Scheme == "udp" {
		errs = append(errs, plugin.BadOption("server", "only one udp server can be given"))
	}
	ways := 0
	for _, set := range []bool{c.Username != "" && c.Password != "", c.APIKey != "", c.BearerToken != ""} {
		if set {
			ways++
		}
	}
	if ways > 1 {
		errs = append(errs, plugin.BadOption("api_key", "only one of username with password, api_key and bearer_token can be used"))
	}
	return errors.Join(append(errs, c.TLS.CheckClient(plugin.BadOption))...)
}

var errScheme = errors.New("Server URL must specify one of `udp`, `http`, or `https`.")

// servers are the addresses, without a trailing slash. Query and user are left
// out.
func (c *OutputConfig) servers() ([]*url.URL, error) {
	var all []*url.URL
	for _, text := range strings.FieldsFunc(c.Server, func(r rune) bool { return r == ',' || r == ' ' }) {
		u, err := url.Parse(text)
		if err != nil {
			// The cause alone: the text may hold a password.
			return nil, errors.New("Unable to parse ElasticSearch server URL: " + errors.Unwrap(err).Error())
		}
		switch u.Scheme {
		case "http", "https", "udp":
		default:
			return nil, errScheme
		}
		if u.Host == "" || u.Scheme == "udp" && u.Port() == "" || len(all) > 0 && (u.Scheme == "udp") != (all[0].Scheme == "udp") {
			return nil, errScheme
		}
		all = append(all, &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimRight(u.Path, "/")})
	}
	if len(all) == 0 {
		return nil, errScheme
	}
	return all, nil
}

func milliseconds(n uint32) time.Duration { return time.Duration(n) * time.Millisecond }

// Plugins declares ElasticSearchOutput.
func Plugins() []plugin.Plugin {
	return []plugin.Plugin{
		plugin.NewOutput("ElasticSearchOutput", OutputConfig{
			Server: "http://localhost:9200", FlushInterval: 1000, FlushCount: 10, FlushBytes: 5 << 20,
			HTTPTimeout: 30000, ConnectTimeout: 5000,
		}, newOutput, plugin.Docs(configSource), plugin.NoTicker, plugin.NeedsEncoder,
			plugin.ConsumerDefaults(func(o *plugin.ConsumerOptions) { o.UseBuffering = true })),
	}
}
