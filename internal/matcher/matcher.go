package matcher

import "github.com/hekad/heka/message"

// Matcher is a compiled expression. It never changes and may be used by any number
// of goroutines at once.
type Matcher struct {
	source string
	root   *node
	eval   func(*message.Message) bool
}

// Parse compiles an expression. The error, if any, is a *SyntaxError.
func Parse(expr string) (*Matcher, error) {
	root, err := parse(expr)
	if err != nil {
		return nil, err
	}
	return &Matcher{source: expr, root: root, eval: root.compile()}, nil
}

// Match reports whether the expression holds for m.
//
// hot: once per message and matcher where no Set is used. It allocates nothing,
// except for Uuid with an order or regex operator.
func (x *Matcher) Match(m *message.Message) bool { return x.eval(m) }

// Source is the expression as it was given to Parse.
func (x *Matcher) Source() string { return x.source }
