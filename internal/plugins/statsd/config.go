package statsd

import (
	"net"

	_ "embed" // for configSource

	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// InputConfig is the configuration of StatsdInput, which receives measurements
// from statsd clients by UDP, one or more lines in a datagram, and hands them to a
// StatAccumInput:
//
//	requests:1|c           a counter grows by 1
//	requests:1|c|@0.1      by 10, since only every tenth event was sent
//	response:320|ms        a time, to be summarised
//	queue:17|g             the present state of something
//	size:3|h, calls:2|m    histograms and meters count like counters
//
// Lines that it does not understand are logged and counted.
//
//	[statsd]
//	type = "StatsdInput"
//	address = ":8125"
//	extended = true
//
//	[StatAccumInput]
type InputConfig struct {
	// Where to listen, host:port. :port listens on all interfaces.
	Address string `toml:"address"`
	// Name of the StatAccumInput's section.
	StatAccumName string `toml:"stat_accum_name"`
	// Longest datagram; the rest of a longer one is lost, and counted.
	MaxMsgSize uint `toml:"max_msg_size" unit:"bytes" min:"1" max:"65535"`
	// Size of the socket's buffer in the kernel. What arrives while it is full
	// is lost. The system may allow less (Linux: net.core.rmem_max); the log
	// says so. 0 leaves the system's default.
	ReceiveBuffer uint32 `toml:"receive_buffer" unit:"bytes" max:"1073741824"`
	// Understand what clients send beyond the lines above: sets (user:42|s), of
	// which the number of different members is told, several values in a line
	// (response:320:270|ms), distributions (d), which like histograms (h) are then
	// summarised as times are, and the sections of DogStatsD behind the modifier:
	// sampling rate, tags (|#env:prod,canary), container and time, of which the
	// last two are ignored. Events and service checks are counted and ignored.
	Extended bool `toml:"extended"`
	// What becomes of tags in extended lines: append puts them behind names in
	// Graphite's form (requests.count;canary=true;env=prod), drop leaves them out.
	Tags string `toml:"tags" oneof:"append,drop"`
}

// Check finds mistakes that the options' types let through.
func (c *InputConfig) Check() error {
	if _, _, err := net.SplitHostPort(c.Address); err != nil {
		return plugin.BadOption("address", "address is %q; it must be host:port", c.Address)
	}
	return nil
}

// maxUDP is the longest UDP datagram.
const maxUDP = 65535

// Plugins declares StatsdInput.
func Plugins() []plugin.Plugin {
	return []plugin.Plugin{
		plugin.NewInput("StatsdInput", InputConfig{Address: "127.0.0.1:8125", StatAccumName: "StatAccumInput",
			MaxMsgSize: maxUDP, ReceiveBuffer: 32 << 20, Tags: "append"}, newInput, plugin.Docs(configSource)),
	}
}
