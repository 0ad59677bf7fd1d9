package decode

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// xpath is a compiled path, such as //book[author/@id='CMS']/title.
type xpath struct {
	absolute bool
	steps    []xstep
}

// xstep is one step of a path.
type xstep struct {
	axis axis
	test nodeTest
	// At most one of these: the position (from 1) in the order of the axis, or a
	// path that must lead to a node, whose text must be literal if that is set.
	position int
	path     *xpath
	literal  *string
}

// nodeTest is what nodes a step takes: those of a kind, or of any if it is kindAny,
// with a name unless it is "*" or empty.
type nodeTest struct {
	kind nodeKind
	name string
}

// axis is the direction of a step.
type axis uint8

const (
	axisChild axis = iota
	axisDescendant
	axisDescendantOrSelf
	axisSelf
	axisParent
	axisAncestor
	axisAncestorOrSelf
	axisFollowing
	axisFollowingSibling
	axisPreceding
	axisPrecedingSibling
	axisAttribute
)

var axisNames = map[string]axis{
	"child": axisChild, "descendant": axisDescendant, "descendant-or-self": axisDescendantOrSelf,
	"self": axisSelf, "parent": axisParent, "ancestor": axisAncestor, "ancestor-or-self": axisAncestorOrSelf,
	"following": axisFollowing, "following-sibling": axisFollowingSibling, "preceding": axisPreceding,
	"preceding-sibling": axisPrecedingSibling, "attribute": axisAttribute,
}

// nodeTypes are the node tests that look like functions.
var nodeTypes = map[string]nodeKind{
	"node": kindAny, "text": kindText, "comment": kindComment, "processing-instruction": kindInstruction,
}

// maxPathDepth is how deep the paths in predicates may be nested.
const maxPathDepth = 20

var errUnionEtc = errors.New("functions, operators and unions are not supported")

// parseXPath compiles a path. An error says where it goes wrong.
func parseXPath(text string) (*xpath, error) {
	p := xparser{rest: strings.TrimSpace(text)}
	path, err := p.path(0)
	if err == nil && p.rest != "" {
		err = errUnionEtc
	}
	if err != nil {
		return nil, fmt.Errorf("path %q at %q: %w", text, p.rest, err)
	}
	return path, nil
}

type xparser struct{ rest string }

// take drops s and the blanks behind it, if it comes next.
func (p *xparser) take(s string) bool {
	rest, ok := strings.CutPrefix(p.rest, s)
	if ok {
		p.rest = strings.TrimLeft(rest, " \t\r\n")
	}
	return ok
}

// anyNode is the step that // stands for.
var anyNode = xstep{axis: axisDescendantOrSelf, test: nodeTest{kind: kindAny}}

func (p *xparser) path(depth int) (*xpath, error) {
	if depth > maxPathDepth {
		return nil, errors.New("predicates are nested too deeply")
	}
	x := &xpath{}
	switch {
	case p.take("//"):
		x.absolute = true
		x.steps = append(x.steps, anyNode)
	case p.take("/"):
		x.absolute = true
		if p.rest == "" || p.rest[0] == ']' || p.rest[0] == '=' {
			return x, nil
		}
	}
	for {
		s, err := p.step(depth)
		if err != nil {
			return nil, err
		}
		x.steps = append(x.steps, s)
		switch {
		case p.take("//"):
			x.steps = append(x.steps, anyNode)
		case p.take("/"):
		default:
			return x, nil
		}
	}
}

func (p *xparser) step(depth int) (xstep, error) {
	var s xstep
	switch {
	case p.take(".."):
		return xstep{axis: axisParent, test: nodeTest{kind: kindAny}}, nil
	case p.take("."):
		return xstep{axis: axisSelf, test: nodeTest{kind: kindAny}}, nil
	case p.take("@"):
		s.axis = axisAttribute
	}
	name := p.name()
	if a, known := axisNames[name]; known && s.axis == axisChild && p.take("::") {
		s.axis, name = a, p.name()
	} else if p.take("::") {
		return s, fmt.Errorf("%q is no axis", name)
	}
	if err := p.nodeTest(&s, name); err != nil {
		return s, err
	}
	if !p.take("[") {
		return s, nil
	}
	if err := p.predicate(&s, depth); err != nil {
		return s, err
	}
	if !p.take("]") {
		return s, errors.New("] is missing")
	}
	if strings.HasPrefix(p.rest, "[") {
		return s, errors.New("a step can have one predicate only")
	}
	return s, nil
}

// name reads a name; of one with a prefix only what is behind that counts.
func (p *xparser) name() string {
	n := strings.IndexFunc(p.rest, func(c rune) bool { return strings.ContainsRune("/[]@=()'\"*:|,<>!+$& \t\r\n", c) })
	if n < 0 {
		n = len(p.rest)
	}
	name := p.rest[:n]
	if rest := p.rest[n:]; n > 0 && len(rest) > 1 && rest[0] == ':' && rest[1] != ':' {
		p.rest = rest[1:]
		if p.take("*") {
			return "*"
		}
		return p.name()
	}
	p.take(name)
	return name
}

func (p *xparser) nodeTest(s *xstep, name string) error {
	s.test.kind = kindElement
	if s.axis == axisAttribute {
		s.test.kind = kindAttribute
	}
	if name == "" {
		if !p.take("*") {
			return errors.New("the name of an element is missing")
		}
		name = "*"
	}
	s.test.name = name
	if !p.take("(") {
		return nil
	}
	kind, known := nodeTypes[name]
	if !known {
		return errUnionEtc
	}
	s.test = nodeTest{kind: kind}
	if kind == kindInstruction {
		s.test.name, _ = p.literal()
	}
	if !p.take(")") {
		return errors.New(") is missing")
	}
	return nil
}

// literal reads a text in quotation marks.
func (p *xparser) literal() (string, bool) {
	if p.rest == "" || p.rest[0] != '\'' && p.rest[0] != '"' {
		return "", false
	}
	text, rest, ok := strings.Cut(p.rest[1:], p.rest[:1])
	if ok {
		p.rest = strings.TrimLeft(rest, " \t\r\n")
	}
	return text, ok
}

func (p *xparser) predicate(s *xstep, depth int) (err error) {
	if digits := len(p.rest) - len(strings.TrimLeft(p.rest, "0123456789")); digits > 0 {
		n, err := strconv.Atoi(p.rest[:digits])
		if err != nil || n < 1 {
			return fmt.Errorf("%s is no position; the first is 1", p.rest[:digits])
		}
		s.position = n
		p.take(p.rest[:digits])
		return nil
	}
	if s.path, err = p.path(depth + 1); err != nil {
		return err
	}
	if !p.take("=") {
		return nil
	}
	text, ok := p.literal()
	if !ok {
		return errors.New("a text in quotation marks is missing behind =")
	}
	s.literal = &text
	return nil
}
