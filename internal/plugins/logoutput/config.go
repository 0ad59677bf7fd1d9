package logoutput

import (
	_ "embed" // for configSource

	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// OutputConfig is the configuration of LogOutput, which prints encoded messages
// on standard output, each with the date and time that log_flags in the hekad
// section asks for. A line end is added where a message does not end with one.
type OutputConfig struct {
	// Kept for old configurations, without effect; use a PayloadEncoder.
	PayloadOnly bool `toml:"payload_only"`
}

// Plugins declares LogOutput.
func Plugins() []plugin.Plugin {
	return []plugin.Plugin{
		plugin.NewOutput("LogOutput", OutputConfig{}, newOutput, plugin.Docs(configSource), plugin.NeedsEncoder),
	}
}
