package plugin

import "errors"

// Stat is one measurement on its way to a StatAccumulator.
type Stat struct {
	// Bucket names what was measured.
	Bucket string
	// Tags are appended to the names that the accumulator makes of the bucket,
	// in Graphite's form: ";env=prod;zone=a". Empty is none.
	Tags string
	// Value is a number as text; a set takes any text.
	Value string
	// Modifier says what the value is: "ms" a time or another quantity to be
	// summarised, "g" the present state of something, "s" a member of a set, and
	// anything else an amount to be added up.
	Modifier string
	// Rate is the part of all events that was measured, greater than 0: 0.1 means
	// that the value stands for ten such values. Only amounts regard it.
	Rate float64
}

// StatAccumulator is an Input that gathers measurements of other plugins and
// turns them into messages. Heka ends it when the other inputs have ended and
// filters have nothing left to do, so that it gets all they have.
type StatAccumulator interface {
	// Accumulate takes stats over and copies what it keeps. It takes all or none:
	// its error is ErrNotAccumulating. It may be called from any goroutine.
	Accumulate(stats []Stat) error
}

// ErrNotAccumulating is the answer of an accumulator that has ended or does not
// work yet.
var ErrNotAccumulating = errors.New("the accumulator is not running")

// Linker is an instance that works with the input of another section. Link is
// called when all sections are built, and again for an instance that is built
// later; `heka config check` goes this far. It has no side effects.
type Linker interface {
	// Link gets a function that returns the instance that an input section has at
	// the moment, or nil when no input has that name; it may be called at any
	// time, from any goroutine.
	Link(input func(section string) Input) error
}

// Accumulate hands stats to the accumulator of a section, as AccumulatorNamed finds
// it. When that one ends just now and another has taken its place, the other one gets
// them.
func Accumulate(input func(section string) Input, section string, stats []Stat) error {
	a, err := AccumulatorNamed(input, section)
	for err == nil {
		if err = a.Accumulate(stats); !errors.Is(err, ErrNotAccumulating) {
			return err
		}
		before := a
		if a, _ = AccumulatorNamed(input, section); a == nil || a == before {
			return err
		}
		err = nil
	}
	return err
}

// AccumulatorNamed returns the accumulator of a section, for plugins that have an
// option stat_accum_name. input is the function that Link got, or nil before that.
// The error names the option.
func AccumulatorNamed(input func(section string) Input, section string) (StatAccumulator, error) {
	if input == nil {
		return nil, ErrNotAccumulating
	}
	in := input(section)
	if in == nil {
		return nil, BadOption("stat_accum_name", "No Input named '%s'", section)
	}
	a, ok := in.(StatAccumulator)
	if !ok {
		return nil, BadOption("stat_accum_name", "Input '%s' is not a StatAccumulator", section)
	}
	return a, nil
}
