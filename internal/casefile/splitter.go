package casefile

import (
	"bytes"
	"slices"

	"github.com/hekad/heka/plugin"
)

// standIns are the splitters that inputs use unless they say otherwise, for
// pipelines without heka's own.
func standIns() []plugin.Plugin {
	null := plugin.NewSplitter("NullSplitter", noOptions{}, func(*noOptions, *plugin.Env) (plugin.Splitter, error) {
		return whole{}, nil
	}, plugin.OneRead)
	token := plugin.NewSplitter("TokenSplitter", noOptions{}, func(*noOptions, *plugin.Env) (plugin.Splitter, error) {
		return lines{}, nil
	})
	return []plugin.Plugin{null, token}
}

type noOptions struct{}

// withStandIns adds those stand-ins that plugins do not have.
func withStandIns(plugins []plugin.Plugin) []plugin.Plugin {
	all := slices.Clone(plugins)
	for _, s := range standIns() {
		if !slices.ContainsFunc(plugins, func(p plugin.Plugin) bool { return p.Type == s.Type }) {
			all = append(all, s)
		}
	}
	return all
}

// whole makes one record of what there is.
type whole struct{}

// Split implements plugin.Splitter.
func (whole) Split(data []byte, _ bool) (int, []byte) { return len(data), data }

// lines cuts behind each newline.
type lines struct{}

// Split implements plugin.Splitter.
func (lines) Split(data []byte, _ bool) (int, []byte) {
	end := bytes.IndexByte(data, '\n') + 1
	if end == 0 {
		return 0, nil
	}
	return end, data[:end]
}
