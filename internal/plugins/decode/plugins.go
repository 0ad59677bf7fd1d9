package decode

import (
	_ "embed"
	"iter"

	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// Plugins returns the declarations of the decoders in this package.
func Plugins() []plugin.Plugin {
	docs := plugin.Docs(configSource)
	return []plugin.Plugin{
		plugin.NewDecoder("ProtobufDecoder", protobufConfig{}, newProtobuf, docs),
		plugin.NewDecoder("ScribbleDecoder", scribbleConfig{}, newScribble, docs),
		plugin.NewDecoder("PayloadRegexDecoder", regexConfig{LogErrors: true}, newRegex, docs),
		plugin.NewDecoder("PayloadXmlDecoder", xmlConfig{TimestampLayout: "RFC3339Nano"}, newXML, docs),
		plugin.NewDecoder("GrokDecoder", grokConfig{}, newGrok, docs),
		plugin.NewDecoder("MultiDecoder", multiConfig{CascadeStrategy: "first-wins"}, newMulti, docs),
	}
}

// inOrder lists the pairs of a free-form section.
func inOrder(pairs plugin.Pairs) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, p := range pairs {
			if !yield(p.Key, p.Value) {
				return
			}
		}
	}
}
