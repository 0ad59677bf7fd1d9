package udp

import (
	"errors"
	"net"
	"runtime"
	"strings"

	_ "embed" // for configSource

	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// InputConfig is the configuration of UdpInput, which receives datagrams. With the
// NullSplitter each datagram becomes one message, otherwise each is cut into
// records by itself. Messages have the input's name as Type.
type InputConfig struct {
	// Where to listen: host:port, or :port for all interfaces. With unixgram the
	// path of a socket, to which everybody may then write, or @name for a name
	// without a file (Linux). Or fd:3 for a socket inherited from the parent
	// process.
	Address string `toml:"address" required:"true"`
	// Kind of socket.
	Net string `toml:"net" oneof:"udp,udp4,udp6,unixgram"`
	// Set the messages' Hostname to the sender's IP address.
	SetHostname bool `toml:"set_hostname"`
	// Size of the socket's buffer in the kernel. What arrives while it is full
	// is lost. The system may allow less (Linux: net.core.rmem_max); the log
	// says so. 0 leaves the system's default.
	ReceiveBuffer uint32 `toml:"receive_buffer" unit:"bytes" max:"1073741824"`
}

// Check finds mistakes that span options.
func (c *InputConfig) Check() error {
	var errs []error
	bad := func(option, format string, args ...any) {
		errs = append(errs, plugin.BadOption(option, format, args...))
	}
	inherited := strings.HasPrefix(c.Address, "fd:")
	if c.SetHostname && inherited {
		bad("set_hostname", "Can't set Hostname from file descriptor.")
	} else if c.SetHostname && c.Net == "unixgram" {
		bad("set_hostname", "Can't set Hostname from Unix datagram.")
	}
	if err := checkAddress("address", c.Net, c.Address); err != nil && !inherited {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// checkAddress looks at the form of an address; an empty one is the business of
// others.
func checkAddress(option, network, address string) error {
	if network == "unixgram" {
		switch {
		case runtime.GOOS == "windows":
			return plugin.BadOption("net", "Can't use Unix datagram sockets on Windows.")
		case strings.HasPrefix(address, "@") && runtime.GOOS != "linux":
			return plugin.BadOption(option, "Abstract sockets are linux-specific.")
		}
		return nil
	}
	if address == "" {
		return nil
	}
	if _, _, err := net.SplitHostPort(address); err != nil {
		return plugin.BadOption(option, "%s is %q; it must be host:port", option, address)
	}
	return nil
}

// OutputConfig is the configuration of UdpOutput, which sends each encoded message
// as one datagram. Datagrams may get lost on their way without anybody noticing.
type OutputConfig struct {
	// Kind of socket.
	Net string `toml:"net" oneof:"udp,udp4,udp6,unixgram"`
	// Where to send: host:port, or with unixgram the path of a socket.
	Address string `toml:"address" required:"true"`
	// Address to send from: an IP address or ip:port, or with unixgram a path
	// where a socket is created for the time.
	LocalAddress string `toml:"local_address"`
	// Largest datagram; messages that take more are dropped.
	MaxMessageSize int `toml:"max_message_size" unit:"bytes"`
}

// Check finds mistakes that span options.
func (c *OutputConfig) Check() error {
	var errs []error
	if c.MaxMessageSize < 512 {
		errs = append(errs, plugin.BadOption("max_message_size",
			"Maximum message size can't be smaller than 512 bytes."))
	}
	errs = append(errs, checkAddress("address", c.Net, c.Address))
	if c.Net != "unixgram" && net.ParseIP(c.LocalAddress) == nil {
		errs = append(errs, checkAddress("local_address", c.Net, c.LocalAddress))
	}
	return errors.Join(errs...)
}

// Plugins declares UdpInput and UdpOutput.
func Plugins() []plugin.Plugin {
	return []plugin.Plugin{
		plugin.NewInput("UdpInput", InputConfig{Net: "udp", ReceiveBuffer: 8 << 20}, newInput, plugin.Docs(configSource)),
		plugin.NewOutput("UdpOutput", OutputConfig{Net: "udp", MaxMessageSize: 65507}, newOutput,
			plugin.Docs(configSource), plugin.NeedsEncoder),
	}
}
