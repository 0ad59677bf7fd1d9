package matcher

import "github.com/hekad/heka/message"

// compile chooses the code of a clause. What can be decided now is: the closures
// only look up the value and compare.
func (c *clause) compile() {
	switch c.lit.kind {
	case stringLiteral, regexLiteral:
		c.text = c.textTest()
	}
	switch {
	case c.variable.header == field:
		c.value = c.fieldTest()
		c.match = c.fieldMatch()
	case c.variable.header == headerUUID:
		c.match = c.uuidMatch()
	case c.variable.header.textual():
		c.match = textMatch(c.variable.header, c.text)
	default:
		c.match = c.numberMatch()
	}
}

func (c *clause) textTest() func(string) bool {
	want := c.lit.text
	switch c.op {
	case equal:
		return func(s string) bool { return s == want }
	case unequal:
		return func(s string) bool { return s != want }
	case less:
		return func(s string) bool { return s < want }
	case lessEqual:
		return func(s string) bool { return s <= want }
	case greater:
		return func(s string) bool { return s > want }
	case greaterEqual:
		return func(s string) bool { return s >= want }
	}
	has := c.lit.pattern.test
	if c.op == unlike {
		return func(s string) bool { return !has(s) }
	}
	return has
}

// textMatch tests a textual header other than Uuid.
func textMatch(h header, test func(string) bool) func(*message.Message) bool {
	switch h {
	case headerType:
		return func(m *message.Message) bool { return test(m.Type()) }
	case headerLogger:
		return func(m *message.Message) bool { return test(m.Logger()) }
	case headerPayload:
		return func(m *message.Message) bool { return test(m.Payload()) }
	case headerEnvVersion:
		return func(m *message.Message) bool { return test(m.EnvVersion()) }
	}
	return func(m *message.Message) bool { return test(m.Hostname()) }
}

// uuidMatch compares identities for equality without making their text. The other
// operators make it, which costs an allocation.
func (c *clause) uuidMatch() func(*message.Message) bool {
	if c.op != equal && c.op != unequal {
		test := c.text
		return func(m *message.Message) bool { return test(m.UUIDText()) }
	}
	negate := c.op == unequal
	if c.lit.text == "" {
		return func(m *message.Message) bool { return !m.HasUUID() != negate }
	}
	want, err := message.ParseUUID(c.lit.text)
	if err != nil || want.String() != c.lit.text {
		return func(*message.Message) bool { return negate }
	}
	return func(m *message.Message) bool {
		return (m.HasUUID() && m.UUID() == want) != negate
	}
}

func (c *clause) numberMatch() func(*message.Message) bool {
	in := c.lit.number.integers(c.op)
	negate := c.op == unequal
	switch c.variable.header {
	case headerTimestamp:
		return func(m *message.Message) bool { return in.has(m.Timestamp()) != negate }
	case headerSeverity:
		return func(m *message.Message) bool { return in.has(int64(m.Severity())) != negate }
	}
	return func(m *message.Message) bool { return in.has(int64(m.Pid())) != negate }
}

// fieldTest tests a field that is present; its array may be too short.
func (c *clause) fieldTest() func(*message.Field) bool {
	i := c.variable.index
	switch c.lit.kind {
	case numberLiteral:
		in, real := c.lit.number.integers(c.op), c.lit.number.floats(c.op)
		negate := c.op == unequal
		return func(f *message.Field) bool {
			if n, ok := f.Integer(i); ok {
				return in.has(n) != negate
			}
			x, ok := f.Double(i)
			return ok && real.has(x) != negate
		}
	case boolLiteral:
		want := c.lit.truth == (c.op == equal)
		return func(f *message.Field) bool {
			v, ok := f.Bool(i)
			return ok && v == want
		}
	case nilLiteral:
		want := c.op == unequal
		return func(f *message.Field) bool { return i < f.Len() == want }
	}
	test := c.text
	return func(f *message.Field) bool {
		s, ok := f.Text(i)
		return ok && test(s)
	}
}

func (c *clause) fieldMatch() func(*message.Message) bool {
	name, instance, test := c.variable.name, c.variable.instance, c.value
	absent := c.passesMissing()
	return func(m *message.Message) bool {
		f := m.FindField(name, instance)
		if f == nil {
			return absent
		}
		return test(f)
	}
}

// passesMissing reports whether a missing field element passes.
func (c *clause) passesMissing() bool {
	return c.lit.kind == nilLiteral && c.op == equal
}

// compile returns the code of a tree, which evaluates from left to right and stops
// as soon as the verdict is known.
func (n *node) compile() func(*message.Message) bool {
	switch n.kind {
	case constant:
		truth := n.truth
		return func(*message.Message) bool { return truth }
	case leaf:
		return n.test.match
	}
	kids := make([]func(*message.Message) bool, len(n.kids))
	for i, k := range n.kids {
		kids[i] = k.compile()
	}
	return chain(kids, n.kind == and)
}

// chain joins predicates: all must hold, or one of them.
func chain[M any](kids []func(*M) bool, all bool) func(*M) bool {
	if len(kids) == 1 {
		return kids[0]
	}
	if len(kids) == 2 {
		a, b := kids[0], kids[1]
		if all {
			return func(m *M) bool { return a(m) && b(m) }
		}
		return func(m *M) bool { return a(m) || b(m) }
	}
	return func(m *M) bool {
		for _, k := range kids {
			if k(m) != all {
				return !all
			}
		}
		return all
	}
}
