package matcher

import (
	"strconv"
	"strings"
)

// String is the expression in canonical form: single blanks, single quotes where
// possible, shortest numbers, no needless parentheses. It parses back to the same
// tree, and two expressions with the same form match the same messages.
func (x *Matcher) String() string {
	return string(x.root.append(nil))
}

func (n *node) append(b []byte) []byte {
	switch n.kind {
	case constant:
		return append(b, truthWord(n.truth)...)
	case leaf:
		return append(b, n.test.String()...)
	}
	separator := " && "
	if n.kind == or {
		separator = " || "
	}
	for i, k := range n.kids {
		if i > 0 {
			b = append(b, separator...)
		}
		if k.kind == or {
			b = append(k.append(append(b, '(')), ')')
		} else {
			b = k.append(b)
		}
	}
	return b
}

func truthWord(v bool) string {
	if v {
		return "TRUE"
	}
	return "FALSE"
}

// String is the clause in canonical form.
func (c *clause) String() string {
	return c.variable.String() + " " + c.op.String() + " " + c.lit.String()
}

// String is the variable as it is written in expressions.
func (v variable) String() string {
	if v.header != field {
		return headerNames[v.header]
	}
	s := "Fields[" + v.name + "]"
	if v.instance != 0 || v.index != 0 {
		s += "[" + strconv.Itoa(v.instance) + "]"
	}
	if v.index != 0 {
		s += "[" + strconv.Itoa(v.index) + "]"
	}
	return s
}

// String is the literal as it is written in expressions.
func (l literal) String() string {
	switch l.kind {
	case stringLiteral:
		return quote(l.text)
	case numberLiteral:
		return l.number.text
	case regexLiteral:
		return quoteWith(l.pattern.source, '/')
	case boolLiteral:
		return truthWord(l.truth)
	}
	return "NIL"
}

// Tree draws the expression as a tree, one line per test, without a final newline:
//
//	and
//	├─ Type == 'nginx.access'
//	└─ or
//	   ├─ Fields[status] >= 500
//	   └─ Payload =~ /timeout/
func (x *Matcher) Tree() string {
	var b strings.Builder
	x.root.draw(&b, "", "")
	return strings.TrimSuffix(b.String(), "\n")
}

// draw writes the node behind first, and its kids behind rest.
func (n *node) draw(b *strings.Builder, first, rest string) {
	b.WriteString(first)
	if n.kind == and || n.kind == or {
		b.WriteString(n.kind.String())
	} else {
		b.Write(n.append(nil))
	}
	b.WriteByte('\n')
	for i, k := range n.kids {
		first, below := branch(rest, i == len(n.kids)-1)
		k.draw(b, first, below)
	}
}

// maxIndent bounds, in bytes, what stands in front of a part in a drawing. What is
// nested deeper is not indented further.
const maxIndent = 300

// branch returns what stands in front of a kid and in front of the kid's own kids,
// given what stands in front of all kids.
func branch(indent string, last bool) (first, below string) {
	switch {
	case last:
		first, below = indent+"└─ ", indent+"   "
	default:
		first, below = indent+"├─ ", indent+"│  "
	}
	if len(below) > maxIndent {
		below = indent
	}
	return first, below
}
