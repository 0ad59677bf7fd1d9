package matcher

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/hekad/heka/message"
)

// Verdict is the outcome of a part of an expression.
type Verdict uint8

// The outcomes.
const (
	No      Verdict = iota // does not hold
	Yes                    // holds
	Skipped                // not looked at: the verdict was known without it
)

// String is "no", "yes" or "-".
func (v Verdict) String() string { return [...]string{"no", "yes", "-"}[v] }

// Explanation is the outcome of an expression, or of a part of it, for one message.
type Explanation struct {
	// Kind is "and", "or", "test" or "constant".
	Kind string
	// Text is a test or constant in canonical form; empty for "and" and "or".
	Text string
	// Pos and End are the bytes of the source that the part stands in.
	Pos, End int
	Verdict  Verdict
	// Decisive is set for the whole expression and for those parts of a decisive
	// part that gave it its verdict: all operands of an "and" that holds, but only
	// the failing one of an "and" that does not; the other way round for "or".
	Decisive bool
	// Seen is the value that a test found, shortened if it is long, or "missing".
	Seen string
	// Note says what was wrong with the value, such as a mismatch of types.
	Note  string
	Parts []*Explanation
}

// Explain evaluates the expression on m and says what came of each part. Like Match
// it goes from left to right and skips what cannot change the verdict.
func (x *Matcher) Explain(m *message.Message) *Explanation {
	e := x.root.explain(m)
	e.mark()
	return e
}

func (n *node) explain(m *message.Message) *Explanation {
	e := n.unexplained()
	switch n.kind {
	case constant:
		e.Verdict = verdict(n.truth)
	case leaf:
		e.Verdict = verdict(n.test.match(m))
		e.Seen, e.Note = n.test.seen(m)
	default:
		e.Verdict = verdict(n.kind == and)
		for _, k := range n.kids {
			if e.Verdict == verdict(n.kind == or) {
				e.Parts = append(e.Parts, k.skip())
				continue
			}
			part := k.explain(m)
			e.Verdict = part.Verdict
			e.Parts = append(e.Parts, part)
		}
	}
	return e
}

// skip describes a part that is not looked at.
func (n *node) skip() *Explanation {
	e := n.unexplained()
	for _, k := range n.kids {
		e.Parts = append(e.Parts, k.skip())
	}
	return e
}

func (n *node) unexplained() *Explanation {
	e := &Explanation{Kind: n.kind.String(), Pos: n.pos, End: n.end, Verdict: Skipped}
	if len(n.kids) == 0 {
		e.Text = string(n.append(nil))
	}
	return e
}

func verdict(truth bool) Verdict {
	if truth {
		return Yes
	}
	return No
}

// mark notes that e decided, and which of its parts did.
func (e *Explanation) mark() {
	e.Decisive = true
	for _, p := range e.Parts {
		if p.Verdict == e.Verdict {
			p.mark()
		}
	}
}

// seen returns the value that the clause looks at, and what is wrong with it.
func (c *clause) seen(m *message.Message) (value, note string) {
	v := c.variable
	switch {
	case v.header.numeric():
		return strconv.FormatInt(v.header.number(m), 10), ""
	case v.header != field:
		return quoteExcerpt(v.header.text(m)), ""
	}
	f := m.FindField(v.name, v.instance)
	if f == nil || v.index >= f.Len() {
		if f != nil {
			note = fmt.Sprintf("number of values: %d", f.Len())
		}
		return "missing", note
	}
	if !c.lit.fits(f.Type()) {
		note = fmt.Sprintf("a %s field is never compared with %s", f.Type(), c.lit.kind)
	}
	switch f.Type() {
	case message.Integer:
		n, _ := f.Integer(v.index)
		return strconv.FormatInt(n, 10), note
	case message.Double:
		x, _ := f.Double(v.index)
		return strconv.FormatFloat(x, 'g', -1, 64), note
	case message.Bool:
		b, _ := f.Bool(v.index)
		return truthWord(b), note
	}
	s, _ := f.Text(v.index)
	return quoteExcerpt(s), note
}

// fits reports whether values of the type can be compared with the literal.
func (l literal) fits(t message.ValueType) bool {
	switch l.kind {
	case stringLiteral, regexLiteral:
		return t == message.String || t == message.Bytes
	case numberLiteral:
		return t == message.Integer || t == message.Double
	case boolLiteral:
		return t == message.Bool
	}
	return true
}

// String draws the explanation as a table, one line per part, without a final
// newline; a star marks the decisive tests.
//
//	no     and
//	yes    ├─ Type == 'TEST'     "TEST"
//	no  *  ├─ Severity <= 4      6
//	-      └─ Payload =~ /x/
func (e *Explanation) String() string {
	rows := e.rows(nil, "", "")
	width := 0
	for _, r := range rows {
		width = max(width, len([]rune(r.part)))
	}
	var b strings.Builder
	for i, r := range rows {
		if i > 0 {
			b.WriteByte('\n')
		}
		star := ""
		if r.of.Decisive && len(r.of.Parts) == 0 {
			star = "*"
		}
		remark := r.of.Seen
		if r.of.Note != "" {
			remark += " (" + r.of.Note + ")"
		}
		line := fmt.Sprintf("%-3s %-1s  %-*s  %s", r.of.Verdict, star, width, r.part, remark)
		b.WriteString(strings.TrimRight(line, " "))
	}
	return b.String()
}

// row is a line of the drawing: a part behind its branches.
type row struct {
	part string
	of   *Explanation
}

func (e *Explanation) rows(to []row, first, rest string) []row {
	text := e.Text
	if text == "" {
		text = e.Kind
	}
	to = append(to, row{first + visible(text), e})
	for i, p := range e.Parts {
		first, below := branch(rest, i == len(e.Parts)-1)
		to = p.rows(to, first, below)
	}
	return to
}
