package irc

import (
	"errors"
	"net"
	"strings"

	_ "embed" // for configSource

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// config is the configuration of IrcOutput, which says each message in one or more
// channels of Internet Relay Chat. Line breaks and long lines make several lines of
// a message.
//
//	[alerts]
//	type = "IrcOutput"
//	message_matcher = "Type == 'alert'"
//	encoder = "PayloadEncoder"
//	server = "irc.example.com:6697"
//	use_tls = true
//	nick = "heka"
//	ident = "heka"
//	channels = ["#ops", "#secret key"]
type config struct {
	// Server, as host:port.
	Server string `toml:"server"`
	// Name in the channels. If it is taken, an underscore is appended.
	Nick string `toml:"nick"`
	// Name of the user.
	Ident string `toml:"ident"`
	// Password of the server.
	Password string `toml:"password" secret:"true"`
	// Channels, each followed by a blank and its key if it has one.
	Channels []string `toml:"channels"`
	// Longest time for connecting, and for writing. The server has three times as
	// long to let this client in.
	Timeout uint `toml:"timeout" unit:"s" min:"1" max:"3600"`
	// Talk TLS.
	UseTLS bool `toml:"use_tls"`
	// How to talk TLS.
	TLS netconf.TLSOptions `toml:"tls"`
	// Most lines that wait for one channel.
	QueueSize int `toml:"queue_size" min:"1" max:"1000000"`
	// Join a channel again after being kicked out of it.
	RejoinOnKick bool `toml:"rejoin_on_kick"`
	// Seconds from one line to the next, over all channels.
	TickerInterval uint `toml:"ticker_interval" unit:"s" min:"1"`
	// Seconds before the first attempt to connect again; it doubles up to 60.
	TimeBeforeReconnect uint `toml:"time_before_reconnect" unit:"s"`
	// Seconds before another attempt to join a channel that is full.
	TimeBeforeRejoin uint `toml:"time_before_rejoin" unit:"s"`
	// Most further attempts to join a channel that is full.
	MaxJoinRetries uint `toml:"max_join_retries"`
	// Log all that the server says.
	VerboseIRCLogging bool `toml:"verbose_irc_logging"`
}

// Check finds mistakes that the options' types let through.
func (c *config) Check() error {
	errs := []error{c.TLS.CheckClient(plugin.BadOption)}
	bad := func(option, text string) {
		errs = append(errs, plugin.BadOption(option, "Error setting up Irc Connection: %s", text))
	}
	if _, _, err := net.SplitHostPort(c.Server); c.Server == "" {
		bad("server", "Irc server cannot be blank.")
	} else if err != nil {
		bad("server", "server must be host:port")
	}
	if c.Nick == "" || c.Ident == "" {
		bad("nick", "Nick or Ident cannot be blank")
	}
	if len(c.Channels) == 0 {
		bad("channels", "Need at least 1 channel to join.")
	}
	listed := make(map[string]bool)
	for _, name := range c.Channels {
		bare, _, _ := strings.Cut(strings.ToLower(name), " ")
		if listed[bare] {
			bad("channels", "channel "+bare+" is listed twice")
		}
		listed[bare] = true
		if name == "" || strings.ContainsAny(name, "\r\n\x00,") {
			bad("channels", "a channel is a name and perhaps a key")
		}
	}
	if strings.ContainsAny(c.Nick+c.Ident, "\r\n\x00 ") || strings.ContainsAny(c.Password, "\r\n\x00") {
		bad("nick", "nick, ident and password must be one word and one line")
	}
	return errors.Join(errs...)
}

// Plugins declares IrcOutput.
func Plugins() []plugin.Plugin {
	const pace = 2
	defaults := config{
		Timeout: 10, QueueSize: 100, TickerInterval: pace, TimeBeforeReconnect: 3, TimeBeforeRejoin: 3, MaxJoinRetries: 3,
	}
	return []plugin.Plugin{
		plugin.NewOutput("IrcOutput", defaults, newOutput, plugin.Docs(configSource), plugin.NeedsEncoder,
			plugin.ConsumerDefaults(func(o *plugin.ConsumerOptions) { o.TickerInterval = pace })),
	}
}
