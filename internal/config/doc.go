// Package config reads configuration files into sections whose every option
// knows its place, and fills the config structs of plugins from them.
//
// # From text to settings
//
//	file or directory ── Load ──▶ Config ─┬─ Hekad ──── Global ──▶ options of the process
//	                                      └─ Sections ─ Decode ──▶ config structs of one plugin
//
// Load reads and merges text; it knows TOML and nothing about plugins. Decode
// knows the options that a struct declares with the tags described in package
// plugin, and compares. Neither stops at the first mistake: both return all
// [Problems], with file, line, column and, where one is likely, a suggestion.
// [Fields] describes a config struct for reference pages, [Effective] prints
// what is in force and where it came from.
//
// # The dialect
//
// Heka 0.10 read a forerunner of TOML. Files are the union of that dialect and
// TOML 1.0; where the same bytes mean two things the old meaning holds:
//
//	[TCP:5565.signer.test_0]   three names; every dot splits, all else is literal
//	[nginx access]             one name with a blank in it
//	Url|uri = "x"              a key runs to a blank, a line end or =
//	x.y = 1                    one key "x.y", not a table x
//	re = 'a\.b \d+ \t'         a raw string: \b \t \n \f \r \" \/ \\ and \uXXXX are
//	                           replaced, other pairs stay; it may span lines
//	zeros = 007                decimal
//
// From TOML 1.0 come keys in quotes, three-quoted strings (of which a backslash
// in the raw kind is just a backslash), inline tables, [[lists of tables]],
// mixed lists, and its numbers and dates. Inside an inline table the rules for
// keys are those of TOML 1.0.
//
// Structure and strings are read by a scanner of our own (scan.go, parse.go,
// header.go, value.go, text.go); numbers and dates by go-toml.
//
// # Environment
//
// %ENV[NAME] stands for the value of a variable. Inside a string the value is
// text whatever it contains; elsewhere it is read as if it stood in the file.
// References in values are not followed, and comments stay comments.
//
// # The section [hekad]
//
// These options can also be given as HEKA_* environment variables and as flags
// of the command line. [Config.Global] resolves them with viper, which no
// plugin section ever passes through: it would fold case and split at dots.
package config
