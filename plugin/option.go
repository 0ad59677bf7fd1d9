package plugin

import "fmt"

// Options of a plugin are the exported fields of its config struct. The
// doc comment of a field is what users read in the reference; these tags say
// the rest:
//
//	toml:"address"        name in the configuration file ("-" hides a field)
//	alias:"adress,addr"   deprecated spellings, accepted with a warning
//	required:"true"       the section must set it
//	oneof:"tcp,udp"       the only accepted values
//	min:"1" max:"64"      bounds of a number
//	unit:"ms"             unit of a plain number, for the reference
//	ref:"decoder"         names a section of that kind, checked at load
//	secret:"true"         never printed
//	single:"true"         a list that may be written as its one value alone
//
// Field types: bool, string, every integer and float type, time.Duration (a
// string such as "250ms"), slices of these, Pairs (a table of strings in file
// order), map[string]T, nested structs (sub-sections), any
// encoding.TextUnmarshaler, and pointers to all of them where "not set" must be
// told from the zero value. A config struct may have a method Check() error for
// rules that span options; it returns an *OptionError (or several, joined by
// errors.Join) to point at the place.

// Pair is one key and its text in a free-form sub-section.
type Pair struct {
	Key, Value string
}

// Pairs is a free-form sub-section of strings, such as message_fields, in the
// order of the file.
type Pairs []Pair

// Get returns the text of the first pair with the given key, case-sensitively.
func (p Pairs) Get(key string) (string, bool) {
	for i := range p {
		if p[i].Key == key {
			return p[i].Value, true
		}
	}
	return "", false
}

// OptionError is a problem with one option. The configuration reader adds the
// file, line and column where the option stands.
type OptionError struct {
	// Option is the option's name; "retries.delay" reaches into a sub-section.
	Option string
	Err    error
}

func (e *OptionError) Error() string { return e.Option + ": " + e.Err.Error() }

func (e *OptionError) Unwrap() error { return e.Err }

// BadOption makes an *OptionError with a formatted cause.
func BadOption(option, format string, args ...any) error {
	return &OptionError{Option: option, Err: fmt.Errorf(format, args...)}
}
