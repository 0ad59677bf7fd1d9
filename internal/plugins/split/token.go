package split

import (
	"bytes"

	"github.com/hekad/heka/plugin"
)

// token cuts behind every count-th delimiter byte.
type token struct {
	delimiter byte
	count     uint
}

func newToken(c *tokenConfig, _ *plugin.Env) (plugin.Splitter, error) {
	if len(c.Delimiter) != 1 {
		return nil, plugin.BadOption("delimiter", "TokenSplitter delimiter must be a single character.")
	}
	return &token{delimiter: c.Delimiter[0], count: max(c.Count, 1)}, nil
}

// Split implements plugin.Splitter.
//
// hot: once per record; one search per delimiter.
func (t *token) Split(data []byte, _ bool) (int, []byte) {
	end := bytes.IndexByte(data, t.delimiter) + 1
	if end == 0 {
		return 0, nil
	}
	for n := t.count; n > 1; n-- {
		next := bytes.IndexByte(data[end:], t.delimiter) + 1
		if next == 0 {
			return 0, nil
		}
		end += next
	}
	return end, data[:end]
}
