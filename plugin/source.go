package plugin

import _ "embed" // for CommonSource

// CommonSource is the Go source that declares InputOptions, ConsumerOptions and
// SplitterOptions, from whose doc comments the reference is made.
//
//go:embed common.go
var CommonSource string
