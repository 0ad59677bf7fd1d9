package split

import (
	_ "embed"

	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// Plugins returns the declarations of all splitters.
func Plugins() []plugin.Plugin {
	docs := plugin.Docs(configSource)
	return []plugin.Plugin{
		plugin.NewSplitter("NullSplitter", nullConfig{}, newNull, docs, plugin.OneRead,
			plugin.SplitterDefaults(func(o *plugin.SplitterOptions) { o.MinBufferSize = 64 << 10 })),
		plugin.NewSplitter("TokenSplitter", tokenConfig{Delimiter: "\n", Count: 1}, newToken, docs),
		plugin.NewSplitter("RegexSplitter", regexConfig{Delimiter: "\n", DelimiterEOL: true}, newRegex, docs),
		plugin.NewSplitter("PatternGroupingSplitter", groupingConfig{Delimiter: "\n", MaxLines: 99}, newGrouping, docs),
		plugin.NewSplitter("HekaFramingSplitter", framingConfig{}, newFraming, docs,
			plugin.SplitterDefaults(func(o *plugin.SplitterOptions) { o.UseMessageBytes = true })),
	}
}
