package split

import "github.com/hekad/heka/plugin"

// null makes one record of whatever there is. The host sees to it that this is
// one read, one block or one body.
type null struct{}

func newNull(*nullConfig, *plugin.Env) (plugin.Splitter, error) { return null{}, nil }

// Split implements plugin.Splitter.
func (null) Split(data []byte, _ bool) (int, []byte) { return len(data), data }
