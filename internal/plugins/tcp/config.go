package tcp

import (
	"errors"
	"net"
	"strings"
	"time"

	_ "embed" // for configSource

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// InputConfig is the configuration of TcpInput, which listens for connections and
// reads a stream of records from each of them. Messages have the input's name as
// Type and the peer's address and port as Hostname.
type InputConfig struct {
	// Where to listen: host:port, or :port for all interfaces; a path (or @name)
	// for Unix sockets; fd:3 for a socket inherited from the parent process.
	Address string `toml:"address" required:"true"`
	// Kind of socket. With unix a socket file that nobody serves any more is
	// removed first.
	Net string `toml:"net" oneof:"tcp,tcp4,tcp6,unix,unixpacket"`
	// Talk TLS. The tls section must then name a certificate and its key.
	UseTLS bool `toml:"use_tls"`
	// How to talk TLS.
	TLS netconf.TLSOptions `toml:"tls"`
	// Ask the system to find out about peers that have vanished (TCP
	// keep-alive).
	KeepAlive bool `toml:"keep_alive"`
	// Time without traffic after which a peer is asked whether it is there; 0 is
	// the system's default.
	KeepAlivePeriod int `toml:"keep_alive_period" min:"0" unit:"s"`
	// Most connections at a time; further ones are closed at once. 0 is no
	// limit.
	MaxConnections int `toml:"max_connections" min:"0"`
	// Close a connection on which nothing has arrived for this long; 0 is never.
	IdleTimeout time.Duration `toml:"idle_timeout" min:"0"`
	// Tell senders that ask for it, other hekas with acknowledge, what has been
	// delivered, and drop what they send a second time. Others are not concerned.
	Acknowledge bool `toml:"acknowledge"`
}

// Check finds mistakes that span options.
func (c *InputConfig) Check() error {
	var errs []error
	if strings.HasPrefix(c.Net, "tcp") && !strings.HasPrefix(c.Address, "fd:") {
		errs = append(errs, checkAddress(c.Address))
	}
	if c.UseTLS {
		errs = append(errs, c.TLS.CheckServer(plugin.BadOption))
	}
	return errors.Join(errs...)
}

func checkAddress(address string) error {
	if address == "" {
		return nil // said by required
	}
	if _, _, err := net.SplitHostPort(address); err != nil {
		return plugin.BadOption("address", "address is %q; it must be host:port", address)
	}
	return nil
}

// OutputConfig is the configuration of TcpOutput, which connects to a server and
// sends it encoded messages. With the default encoder these are framed, so that
// another heka's TcpInput can read them.
type OutputConfig struct {
	// Server to send to, as host:port. Several servers, separated by commas, are
	// tried in turn: when a connection fails the next one takes over.
	Address string `toml:"address"`
	// Address to send from: an IP address, or ip:port.
	LocalAddress string `toml:"local_address"`
	// Talk TLS.
	UseTLS bool `toml:"use_tls"`
	// How to talk TLS.
	TLS netconf.TLSOptions `toml:"tls"`
	// Ask the system to find out about a server that has vanished (TCP
	// keep-alive).
	KeepAlive bool `toml:"keep_alive"`
	// Time without traffic after which the server is asked whether it is there;
	// 0 is the system's default.
	KeepAlivePeriod int `toml:"keep_alive_period" min:"0" unit:"s"`
	// Close the connection after this many messages and open a new one for the
	// next message, so that load spreads over several servers. 0 is never.
	ReconnectAfter int64 `toml:"reconnect_after" min:"0"`
	// Longest time for connecting, with the TLS handshake; 0 is no limit.
	ConnectTimeout time.Duration `toml:"connect_timeout" min:"0"`
	// Longest time for one write, after which the connection is given up; 0 is
	// no limit.
	WriteTimeout time.Duration `toml:"write_timeout" min:"0"`
	// Count messages as delivered only when the server, another heka's TcpInput,
	// says that they are, and send them again after a connection that broke. This
	// needs an encoder with stream framing.
	Acknowledge bool `toml:"acknowledge"`
	// Time without a word from the server, which speaks twice a second, after
	// which the connection is given up.
	AcknowledgeTimeout time.Duration `toml:"acknowledge_timeout" min:"1s"`
	// Go on without acknowledgement, as long as the connection lasts, with a
	// server that does not answer the question for it within
	// acknowledge_timeout. Otherwise such a server gets no messages.
	AcknowledgeFallback bool `toml:"acknowledge_fallback"`
}

// Check finds mistakes that span options.
func (c *OutputConfig) Check() error {
	var errs []error
	if len(c.addresses()) == 0 {
		errs = append(errs, plugin.BadOption("address", "address must name at least one server"))
	}
	for _, a := range c.addresses() {
		errs = append(errs, checkAddress(a))
	}
	if c.LocalAddress != "" && !strings.Contains(c.LocalAddress, ":") && net.ParseIP(c.LocalAddress) == nil {
		errs = append(errs, plugin.BadOption("local_address",
			"local_address is %q; it must be an IP address or ip:port", c.LocalAddress))
	}
	if c.UseTLS {
		errs = append(errs, c.TLS.CheckClient(plugin.BadOption))
	}
	return errors.Join(errs...)
}

func (c *OutputConfig) addresses() []string {
	return strings.FieldsFunc(c.Address, func(r rune) bool { return r == ',' || r == ' ' })
}

// Plugins declares TcpInput and TcpOutput.
func Plugins() []plugin.Plugin {
	return []plugin.Plugin{
		plugin.NewInput("TcpInput", InputConfig{Net: "tcp", Acknowledge: true}, newInput, plugin.Docs(configSource),
			plugin.InputDefaults(func(o *plugin.InputOptions) {
				o.Splitter, o.Decoder = "HekaFramingSplitter", "ProtobufDecoder"
			})),
		plugin.NewOutput("TcpOutput",
			OutputConfig{Address: "localhost:9125", ConnectTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
				AcknowledgeTimeout: 30 * time.Second},
			newOutput, plugin.Docs(configSource), plugin.NoTicker, plugin.FrameProtobuf, plugin.NeedsEncoder,
			plugin.ConsumerDefaults(func(o *plugin.ConsumerOptions) {
				o.Encoder = "ProtobufEncoder"
				o.UseBuffering = true
				o.Buffering.MaxFileSize = 128 << 20
				o.Buffering.CursorUpdateCount = 50
			})),
	}
}
