package counter

import (
	_ "embed" // for configSource

	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// FilterConfig is the configuration of CounterFilter. At each tick, unless
// nothing arrived since the one before, it sends a message of type
// heka.counter-output with the number of messages and their rate, both as text in
// the payload and in the fields count (since the start), delta (since the last
// such message) and rate. Every ten of them a summary of their rates follows.
type FilterConfig struct{}

// Plugins declares CounterFilter.
func Plugins() []plugin.Plugin {
	return []plugin.Plugin{
		plugin.NewFilter("CounterFilter", FilterConfig{}, newFilter, plugin.Docs(configSource),
			plugin.ConsumerDefaults(func(o *plugin.ConsumerOptions) {
				o.MessageMatcher = "Type != 'heka.counter-output'"
				o.TickerInterval = 5
			})),
	}
}
