package nagios

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

// config is the configuration of NagiosOutput, which hands the results of passive
// checks to Nagios: by HTTP to its cmd.cgi, or by the program send_nsca.
//
// The payload is a state, a colon and a text: OK, WARNING or CRITICAL. Anything else
// is an unknown state, and the whole payload the text.
//
//	[nagios]
//	type = "NagiosOutput"
//	url = "https://nagios.example.com/nagios/cgi-bin/cmd.cgi"
//	username = "heka"
//	password = "%ENV[NAGIOS_PASSWORD]"
//	message_matcher = "Type == 'heka.sandbox-output' && Fields[payload_type] == 'nagios-external-command' && Fields[payload_name] == 'PROCESS_SERVICE_CHECK_RESULT'"
type config struct {
	// Address of cmd.cgi.
	URL string `toml:"url"`
	// Name for basic authentication.
	Username string `toml:"username"`
	// Password for basic authentication.
	Password string `toml:"password" secret:"true"`
	// Longest time for an answer to begin; 0 is no limit but that of timeout.
	ResponseHeaderTimeout uint `toml:"response_header_timeout" unit:"s" max:"31536000"`
	// Longest time for a request with its answer.
	Timeout time.Duration `toml:"timeout" min:"1ms"`
	// Service that the results are for. Empty is the Logger of the message.
	ServiceDescription string `toml:"nagios_service_description"`
	// Host that the results are for. Empty is the Hostname of the message.
	Host string `toml:"nagios_host"`
	// Program that is run for each message, instead of HTTP, with a line on its
	// standard input: host, service, state as a number, and text, with tabs in
	// between.
	SendNSCABin string `toml:"send_nsca_bin"`
	// Arguments of that program.
	SendNSCAArgs []string `toml:"send_nsca_args"`
	// Longest time for that program, after which it is killed. 0 is no limit.
	SendNSCATimeout uint `toml:"send_nsca_timeout" unit:"s" max:"31536000"`
	// Kept for old configurations: an https url talks TLS in any case.
	UseTLS bool `toml:"use_tls"`
	// How to talk TLS with an https url.
	TLS netconf.TLSOptions `toml:"tls"`
}

// Check finds mistakes that the options' types let through.
func (c *config) Check() error {
	errs := []error{c.TLS.CheckClient(plugin.BadOption)}
	if u, err := url.Parse(c.URL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		errs = append(errs, plugin.BadOption("url", "url must begin with http:// or https:// and a host"))
	}
	return errors.Join(errs...)
}

// Plugins declares NagiosOutput.
func Plugins() []plugin.Plugin {
	defaults := config{
		URL: "http://localhost/cgi-bin/cmd.cgi", ResponseHeaderTimeout: 2, Timeout: 30 * time.Second, SendNSCATimeout: 5,
	}
	return []plugin.Plugin{plugin.NewOutput("NagiosOutput", defaults, newOutput, plugin.Docs(configSource))}
}
