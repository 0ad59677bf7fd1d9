package admin

import "embed"

// Sources are the files that say what the API answers, for its manual page.
//
//go:embed doc.go report.go server.go sampler.go history.go process.go health.go topology.go
//go:embed log.go match.go recent.go tap.go stream.go sandboxes.go control.go
var Sources embed.FS
