package prometheus

import (
	"errors"
	"net/url"
	"time"

	_ "embed" // for configSource

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// accessConfig is how to get to a server.
type accessConfig struct {
	// Longest time for one request with its answer.
	Timeout time.Duration `toml:"timeout" min:"1ms"`
	// How to talk TLS, with https.
	TLS netconf.TLSOptions `toml:"tls"`
	// Name for basic authentication.
	Username string `toml:"username"`
	// Password for basic authentication.
	Password string `toml:"password" secret:"true"`
	// Token to send instead of a name and password.
	BearerToken string `toml:"bearer_token" secret:"true"`
	// Further headers of requests.
	Headers map[string]string `toml:"headers"`
}

func (c *accessConfig) check() error {
	err := c.TLS.CheckClient(plugin.BadOption)
	if c.BearerToken != "" && c.Username != "" {
		err = errors.Join(err, plugin.BadOption("bearer_token", "bearer_token and username exclude one another"))
	}
	return err
}

func checkURL(option, text string) error {
	if u, err := url.Parse(text); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return plugin.BadOption(option, "%s is no http or https URL", option)
	}
	return nil
}

// InputConfig is the configuration of PrometheusInput, which asks targets for
// their metrics at each ticker_interval, as a Prometheus server does, in the text
// format of Prometheus or OpenMetrics. Each sample becomes a message of type
// heka.prometheus with the fields name, value (double), kind and labels.NAME for
// each label. Each scrape of a target adds the samples up (1, or 0 if it failed),
// scrape_duration_seconds and scrape_samples_scraped.
//
//	[node]
//	type = "PrometheusInput"
//	urls = ["http://localhost:9100/metrics"]
//	ticker_interval = 30
//
//	  [node.labels]
//	  job = "node"
type InputConfig struct {
	accessConfig
	// Targets. They are asked independently of one another: a slow one misses
	// its own turns.
	URLs []string `toml:"urls" required:"true" single:"true"`
	// Labels for all samples. Those of the samples themselves come first. instance
	// is the target's host:port if nothing else says so.
	Labels map[string]string `toml:"labels"`
	// Type of the messages.
	MessageType string `toml:"message_type"`
	// Longest answer, after unpacking; the scrape of a longer one fails.
	MaxBodySize int64 `toml:"max_body_size" min:"1" unit:"bytes"`
}

// Check finds mistakes that the options' types let through.
func (c *InputConfig) Check() error {
	errs := []error{c.check()}
	for _, u := range c.URLs {
		errs = append(errs, checkURL("urls", u))
	}
	for name := range c.Labels {
		if !validLabel(name) {
			errs = append(errs, plugin.BadOption("labels", "%q is no name for a label", name))
		}
	}
	return errors.Join(errs...)
}

// OutputConfig is the configuration of PrometheusRemoteWriteOutput, which sends
// samples by the remote write protocol, as Prometheus, VictoriaMetrics, Mimir and
// others take it.
//
// A message of PrometheusInput is one sample. Of other messages each field with a
// number becomes one, named for the field; label_fields are its labels. Messages
// without any number are passed over. Samples that the server refuses for good are
// dropped for the reason "refused"; everything else is tried again.
//
//	[remote]
//	type = "PrometheusRemoteWriteOutput"
//	message_matcher = "Type == 'heka.prometheus' || Type == 'stats.loadavg'"
//	url = "http://localhost:9090/api/v1/write"
type OutputConfig struct {
	accessConfig
	// Where to send.
	URL string `toml:"url" required:"true"`
	// Text in front of all names.
	NamePrefix string `toml:"name_prefix"`
	// Headers (Hostname, Logger, Type, Severity, EnvVersion, Pid) and fields that
	// are labels of a message's numbers. A field that is a label is not a sample.
	// Not set is ["Hostname", "Logger", "Type"].
	LabelFields []string `toml:"label_fields"`
	// Fields that are no samples.
	SkipFields []string `toml:"skip_fields"`
	// Labels for all samples that do not have them.
	Labels map[string]string `toml:"labels"`
}

// Check finds mistakes that the options' types let through.
func (c *OutputConfig) Check() error {
	errs := []error{c.check()}
	if c.URL != "" {
		errs = append(errs, checkURL("url", c.URL))
	}
	for name := range c.Labels {
		if !validLabel(name) {
			errs = append(errs, plugin.BadOption("labels", "%q is no name for a label", name))
		}
	}
	return errors.Join(errs...)
}

// Plugins declares PrometheusInput and PrometheusRemoteWriteOutput.
func Plugins() []plugin.Plugin {
	docs := plugin.Docs(configSource)
	return []plugin.Plugin{
		plugin.NewInput("PrometheusInput", InputConfig{accessConfig: accessConfig{Timeout: 10 * time.Second},
			MessageType: "heka.prometheus", MaxBodySize: 64 << 20}, newInput, docs,
			plugin.InputDefaults(func(o *plugin.InputOptions) { o.TickerInterval = 15 })),
		plugin.NewOutput("PrometheusRemoteWriteOutput", OutputConfig{accessConfig: accessConfig{Timeout: 30 * time.Second}},
			newOutput, docs),
	}
}
