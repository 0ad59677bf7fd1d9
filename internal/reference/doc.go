// Package reference makes pages about plugin types from their declarations, so
// that an option is described in one place: the config struct that holds it.
//
//	declaration ──┬─ config.Fields ── names, types, defaults, bounds ─┐
//	              └─ Source ── comments.go ── prose of each field ────┴─▶ Page
//
//	Page ─▶ Text (terminal) · Markdown · Man · JSON (json.Marshal) · Listing
//
// # Where prose comes from
//
// A declaration carries the source text of its config struct (plugin.Docs).
// comments.go parses it and looks up the doc comment of the struct and of each
// field by their Go names. Structs of other packages have their own sources:
// package plugin's common options and package netconf's TLS options.
//
// The doc comment of a config struct by custom begins "OutputConfig is the
// configuration of FileOutput, which …"; pages begin behind that. A preformatted
// block in it that begins with a header such as [name] is the page's example;
// without one an example is made of the required options.
//
// Package roff, below, writes manual pages.
package reference
