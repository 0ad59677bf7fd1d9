// Package heka is heka as a library: Main is the whole program, extended by
// plugins from other modules. How to write a plugin is told in package plugin.
package heka

import (
	"os"

	"github.com/hekad/heka/internal/cli"
	"github.com/hekad/heka/internal/plugins"
	"github.com/hekad/heka/plugin"
)

// Plugins returns the built-in plugin types and extra ones, for tests of plugins
// with plugintest. An extra plugin takes the place of a built-in one of its type.
func Plugins(extra ...plugin.Plugin) []plugin.Plugin { return plugins.All(extra...) }

// Main runs the command line with the built-in plugins and extra ones, and ends
// the process. An extra plugin takes the place of a built-in one of its type.
func Main(extra ...plugin.Plugin) {
	os.Exit(cli.Run(os.Args, Plugins(extra...)))
}
