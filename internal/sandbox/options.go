package sandbox

import (
	"io/fs"
	"log/slog"
)

// Kind is what a script is used for; it decides which functions it can call.
type Kind uint8

// The kinds. The zero value is a filter.
const (
	Filter Kind = iota
	Decoder
	Encoder
	Input
	Output
)

// free reports whether scripts of the kind may use files and processes, and run
// as long as they like.
func (k Kind) free() bool { return k == Input || k == Output }

// Limits bound what a script may use; 0 is no limit.
type Limits struct {
	// Memory in bytes that the script may hold.
	Memory uint
	// Instructions of one call. Inputs and outputs have no such limit.
	Instructions uint
	// Output in bytes: the capacity of the payload buffer, of a message in its
	// encoded form and of JSON texts. One byte of it is never used.
	Output uint
}

// DefaultLimits are those of a section that sets none.
func DefaultLimits() Limits { return Limits{Memory: 8 << 20, Instructions: 1000000, Output: 63 << 10} }

// Verdict is what becomes of an injected message.
type Verdict uint8

// The verdicts; all but Injected raise an error in the script.
const (
	Injected      Verdict = iota
	BadMessage            // protobuf unmarshal failed
	TooMany               // exceeded InjectMessage count
	TooManyLoops          // exceeded MaxMsgLoops
	MatchesItself         // creates a circular reference
	Aborted               // heka is ending; the script's data is kept
	Refused               // anything else
)

func (v Verdict) text() string {
	switch v {
	case BadMessage:
		return "protobuf unmarshal failed"
	case TooMany:
		return "exceeded InjectMessage count"
	case TooManyLoops:
		return "exceeded MaxMsgLoops"
	case MatchesItself:
		return "creates a circular reference (matches this plugin's message_matcher)"
	case Aborted:
		return "aborted"
	}
	return "unknown error"
}

// Host takes the messages that a script injects. The arguments are valid until
// the method returns, and the methods are called from within ProcessMessage,
// TimerEvent and New.
type Host interface {
	// InjectPayload takes what inject_payload collected.
	InjectPayload(typ, name string, payload []byte) Verdict
	// InjectMessage takes a message in its encoded form.
	InjectMessage(wire []byte) Verdict
}

// Options say what a sandbox is made of.
type Options struct {
	Kind   Kind
	Script *Script
	// ModuleDirectory holds the directories that require searches, separated by
	// semicolons.
	ModuleDirectory string
	// Share holds the modules that are built in, in lua_modules; nil is none.
	Share fs.FS
	// Config is what read_config finds.
	Config map[string]any
	Limits Limits
	Host   Host
	// Preserved is the path of the file that keeps the script's data from one
	// run to the next; empty keeps nothing.
	Preserved string
	// Log receives what the script cannot see: why write_message failed, or
	// preserved data that was put aside. nil discards it.
	Log *slog.Logger
}
